//! Skipping declarations of a header without reading their tokens.
//!
//! Of the 20,000 declarations in `vmlinux.h` a program uses twenty, and which ones is known at its end. So the text of a
//! declaration is read as tokens only once `reach` asks for it. What stands in for it until then is its *outline*: the words
//! that tell what it declares.
//!
//! ```text
//! struct task { int pid; struct mm *mm; enum { IDLE, BUSY = 4 } state; };       text, which stays where it is
//! struct task { enum { IDLE , BUSY } } ;                                        outline
//! ```
//!
//! That must change nothing but the time it takes. Declarations are skipped if it is certain that tokens would say the same
//! later on, and certain where they end:
//!
//! * no word in them is a macro at this point of the program, and no line of them is a directive;
//! * their brackets match, and braces are bodies of `struct`, `union` and `enum` only;
//! * nothing in them is as rare as a splice, a digraph, or a letter beyond ASCII outside of quotes and comments.
//!
//! The first declaration that is not like that ends the run, and is read as tokens from its start on. Behind it the next run
//! may begin. The result says which bytes were skipped ([`Skimmed`]); its place among the tokens is marked by one of kind
//! [`TokenKind::Skimmed`].

use std::sync::Arc;

use super::lexer::{Lexer, identifier_length, is_identifier_continue, one_byte_punctuator};
use super::macros::MacroTable;
use super::token::{ExpansionId, Interner, Symbol, Token, TokenKind, sym};
use crate::source::{FileId, Span};

/// Declarations of a header that follow each other and have not been read.
#[derive(Clone, Debug)]
pub(crate) struct Skimmed {
    file: FileId,
    text: Arc<String>,
    start: u32,
    rows: Vec<Row>,
    /// The outlines, one behind the other.
    words: Vec<Symbol>,
}

/// Where a declaration ends, and where its outline does.
#[derive(Clone, Copy, Debug)]
struct Row {
    text_end: u32,
    words_end: u32,
}

impl Skimmed {
    /// How many declarations these are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The tokens of a declaration.
    pub(crate) fn read(&self, number: usize, names: &mut Interner) -> Vec<Token> {
        let start = match number.checked_sub(1) {
            Some(before) => self.rows[before].text_end,
            None => self.start,
        };
        let end = self.rows[number].text_end;
        let mut lexer = Lexer::starting_at(start as usize, self.file, Arc::clone(&self.text));
        let mut tokens = Vec::new();
        while tokens.last().is_none_or(|last: &Token| last.span.end < end) {
            tokens.push(lexer.next(names));
        }
        tokens
    }

    /// The outline of a declaration as tokens, without their places.
    pub(crate) fn outline(&self, number: usize, tokens: &mut Vec<Token>) {
        let start = number
            .checked_sub(1)
            .map_or(0, |before| self.rows[before].words_end);
        let words = &self.words[start as usize..self.rows[number].words_end as usize];
        tokens.clear();
        tokens.extend(words.iter().map(|&text| {
            let kind = match text {
                sym::ZERO => TokenKind::Number,
                sym::EMPTY_STRING => TokenKind::String,
                _ if text.is_punctuator() => TokenKind::Punctuator,
                _ => TokenKind::Identifier,
            };
            self.token(kind, text)
        }));
    }

    /// What marks their place among the tokens of the program.
    pub(super) fn mark(&self) -> Token {
        self.token(TokenKind::Skimmed, sym::EMPTY)
    }

    fn token(&self, kind: TokenKind, text: Symbol) -> Token {
        Token {
            kind,
            space_before: false,
            line_start: true,
            text,
            span: Span {
                file: self.file,
                start: self.start,
                end: self.rows.last().map_or(self.start, |last| last.text_end),
            },
            expansion: ExpansionId::NONE,
            no_expand: false,
        }
    }
}

/// How many bytes of `vmlinux.h` there are for each name that it declares.
const BYTES_PER_NAME: usize = 50;

/// Skips what declarations it can, with the lexer at the start of one; `None` if it can skip none.
pub(super) fn skim(
    lexer: &mut Lexer,
    macros: &MacroTable,
    names: &mut Interner,
) -> Option<Skimmed> {
    let (file, text, start) = lexer.place();
    let names_expected = (text.len() - start) / BYTES_PER_NAME;
    if names_expected > names.len() {
        names.reserve(names_expected);
    }
    let mut skimmer = Skimmer {
        text: &text,
        pos: start,
        macros,
        names,
        words: Vec::new(),
    };
    let mut rows: Vec<Row> = Vec::new();
    while skimmer.declaration().is_some() {
        rows.push(Row {
            text_end: skimmer.pos as u32,
            words_end: skimmer.words.len() as u32,
        });
    }
    let last = *rows.last()?;
    let mut words = skimmer.words;
    words.truncate(last.words_end as usize);
    lexer.go_on_at(last.text_end as usize);
    Some(Skimmed {
        file,
        text,
        start: start as u32,
        rows,
        words,
    })
}

/// What the text consists of; `None` in place of it is anything that must be read as tokens.
enum Item {
    /// Where a word that is no macro starts and ends.
    Word(usize, usize),
    Number,
    /// A string or character.
    Literal,
    /// A byte that is punctuation, or part of one.
    Mark(u8),
}

struct Skimmer<'a> {
    text: &'a str,
    pos: usize,
    macros: &'a MacroTable,
    names: &'a mut Interner,
    words: Vec<Symbol>,
}

impl Skimmer<'_> {
    /// Skips one declaration and adds its outline to the words. `None`: it is to be read as tokens.
    fn declaration(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        // `struct`, `union` or `enum`, if what follows may be its body.
        let mut tag = None;
        let mut is_attribute = false;
        // The last thing was a `)` that closed no attribute; the group in front of which one stood is for parameters.
        let mut has_closed = false;
        let mut is_mute = false;
        loop {
            let item = self.next()?;
            let is_outside = open.is_empty();
            let had_closed = std::mem::take(&mut has_closed);
            match item {
                Item::Word(..) if is_mute => {}
                Item::Word(start, end) => {
                    let word = self.word(start, end);
                    let is_tag = matches!(word, sym::STRUCT | sym::UNION | sym::ENUM);
                    match word {
                        _ if !is_outside => {}
                        sym::ATTRIBUTE | sym::ATTRIBUTE2 => is_attribute = true,
                        // The types of K&R parameters belong to the declaration before them.
                        _ if had_closed => return None,
                        _ if is_tag => tag = Some(word),
                        _ => {}
                    }
                    self.words.push(word);
                }
                Item::Mark(b';') if is_outside => {
                    self.words.push(sym::SEMICOLON);
                    return Some(());
                }
                Item::Mark(b'{') if is_outside => {
                    self.body(tag.take()?)?;
                }
                Item::Mark(b'{' | b'}' | b';') => return None,
                Item::Mark(mark @ (b'(' | b'[')) => {
                    is_mute |= is_outside && had_closed && mark == b'(';
                    if is_outside && !is_attribute {
                        tag = None;
                    }
                    if is_outside || !is_mute {
                        self.mark(mark);
                    }
                    open.push(mark);
                }
                Item::Mark(mark @ (b')' | b']')) => {
                    let opening = if mark == b')' { b'(' } else { b'[' };
                    open.pop_if(|last| *last == opening)?;
                    let closes = open.is_empty();
                    if closes || !is_mute {
                        self.mark(mark);
                    }
                    if closes {
                        has_closed = mark == b')' && !is_attribute;
                        (is_mute, is_attribute) = (false, false);
                    }
                }
                _ if is_mute => {}
                Item::Number => self.words.push(sym::ZERO),
                Item::Literal => self.words.push(sym::EMPTY_STRING),
                // The `=` that begins an initializer is no `==`.
                Item::Mark(b'=') if self.byte(self.pos) == Some(b'=') => return None,
                Item::Mark(mark) => {
                    // Between `enum` and its body stands its type.
                    if is_outside && mark != b':' {
                        tag = None;
                    }
                    self.mark(mark);
                }
            }
        }
    }

    /// Skips the body of a type, behind its `{`.
    fn body(&mut self, keyword: Symbol) -> Option<()> {
        self.words.push(sym::L_BRACE);
        match keyword {
            sym::ENUM => self.constants(),
            _ => self.members(),
        }
    }

    /// Of the members of a record the outline holds nothing but the types that are defined among them.
    fn members(&mut self) -> Option<()> {
        let (mut braces, mut groups) = (1_usize, 0_usize);
        while braces > 0 {
            if groups == 0 {
                self.skip_separators();
            }
            match self.next()? {
                Item::Word(start, end) => {
                    let keyword = match &self.text[start..end] {
                        "struct" => sym::STRUCT,
                        "union" => sym::UNION,
                        "enum" => sym::ENUM,
                        _ => continue,
                    };
                    if self.defines(keyword)? {
                        if groups > 0 {
                            return None;
                        }
                        self.words.push(sym::L_BRACE);
                        match keyword {
                            sym::ENUM => self.constants()?,
                            _ => braces += 1,
                        }
                    }
                }
                Item::Mark(b'(' | b'[') => groups += 1,
                Item::Mark(b')' | b']') => groups = groups.checked_sub(1)?,
                Item::Mark(b'}') if groups == 0 => {
                    self.words.push(sym::R_BRACE);
                    braces -= 1;
                }
                Item::Mark(b'{' | b'}') => return None,
                Item::Mark(b';') if groups > 0 => return None,
                _ => {}
            }
        }
        Some(())
    }

    /// Whether a body follows behind `struct` and its like; keyword and name are then part of the outline, and the `{` has
    /// been taken.
    fn defines(&mut self, keyword: Symbol) -> Option<bool> {
        match self.next()? {
            Item::Mark(b'{') => {
                self.words.push(keyword);
                Some(true)
            }
            Item::Word(start, end) if !is_between(&self.text[start..end]) => {
                let behind = self.pos;
                if matches!(self.next()?, Item::Mark(b'{')) {
                    let name = self.word(start, end);
                    self.words.extend([keyword, name]);
                    return Some(true);
                }
                self.pos = behind;
                Some(false)
            }
            _ => None,
        }
    }

    /// Of the constants of an `enum` the outline holds the names.
    fn constants(&mut self) -> Option<()> {
        let mut groups = 0_usize;
        let mut is_first = true;
        loop {
            match self.next()? {
                Item::Word(start, end) if is_first => {
                    let name = self.word(start, end);
                    self.words.push(name);
                }
                Item::Mark(b'}') if groups == 0 => {
                    self.words.push(sym::R_BRACE);
                    return Some(());
                }
                Item::Mark(b',') if groups == 0 => {
                    self.words.push(sym::COMMA);
                    is_first = true;
                    continue;
                }
                Item::Mark(b'(' | b'[') => groups += 1,
                Item::Mark(b')' | b']') => groups = groups.checked_sub(1)?,
                Item::Mark(b'{' | b'}' | b';') => return None,
                _ => {}
            }
            is_first = false;
        }
    }

    fn word(&mut self, start: usize, end: usize) -> Symbol {
        self.names.intern(&self.text[start..end])
    }

    fn mark(&mut self, mark: u8) {
        self.words.extend(one_byte_punctuator(mark));
    }

    // Bytes.

    /// Takes what comes next, white space and comments aside.
    fn next(&mut self) -> Option<Item> {
        loop {
            let byte = self.byte(self.pos)?;
            match CLASSES[usize::from(byte)] {
                Class::Blank => self.pos += 1,
                Class::Letter => return self.identifier(),
                Class::Mark | Class::Separator => {
                    self.pos += 1;
                    return Some(Item::Mark(byte));
                }
                Class::Digit => return self.number(),
                Class::Quote => return self.literal(byte),
                Class::Slash => match self.byte(self.pos + 1) {
                    Some(b'/') => self.line_comment()?,
                    Some(b'*') => self.comment()?,
                    _ => return None,
                },
                Class::Other => return None,
            }
        }
    }

    /// Skips what separates members and declarators.
    fn skip_separators(&mut self) {
        let is_separator = |byte: u8| {
            let class = CLASSES[usize::from(byte)];
            class == Class::Blank || class == Class::Separator
        };
        self.pos = self.behind(self.pos, is_separator);
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn identifier(&mut self) -> Option<Item> {
        let start = self.pos;
        let end = start + identifier_length(&self.text.as_bytes()[start..]);
        if self.is_unusual(end)
            || self
                .macros
                .has(&self.text.as_bytes()[start..end], self.names)
        {
            return None;
        }
        self.pos = end;
        Some(Item::Word(start, end))
    }

    fn number(&mut self) -> Option<Item> {
        self.pos = self.behind(self.pos, |byte| {
            is_identifier_continue(byte) || byte == b'.'
        });
        (!self.is_unusual(self.pos)).then_some(Item::Number)
    }

    /// Whether a word or number may go on here, or be the prefix of a literal.
    fn is_unusual(&self, at: usize) -> bool {
        let byte = self.byte(at).unwrap_or(0);
        matches!(byte, b'\\' | b'"' | b'\'') || !byte.is_ascii()
    }

    fn behind(&self, start: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let bytes = &self.text.as_bytes()[start..];
        let length = bytes.iter().position(|&byte| !belongs(byte));
        start + length.unwrap_or(bytes.len())
    }

    fn literal(&mut self, quote: u8) -> Option<Item> {
        loop {
            self.pos += 1;
            match self.byte(self.pos)? {
                byte if byte == quote => {
                    self.pos += 1;
                    return Some(Item::Literal);
                }
                b'\n' => return None,
                b'\\' => {
                    self.pos += 1;
                    if self.byte(self.pos)?.is_ascii_whitespace() {
                        return None;
                    }
                }
                _ => {}
            }
        }
    }

    fn line_comment(&mut self) -> Option<()> {
        let end = self.behind(self.pos, |byte| byte != b'\n');
        let is_spliced = self.text.as_bytes()[self.pos..end].contains(&b'\\');
        self.pos = end;
        (!is_spliced).then_some(())
    }

    fn comment(&mut self) -> Option<()> {
        self.pos += 2;
        loop {
            self.pos += self.text[self.pos..].find('*')? + 1;
            match self.byte(self.pos)? {
                b'/' => {
                    self.pos += 1;
                    return Some(());
                }
                b'\\' => return None,
                _ => {}
            }
        }
    }
}

/// Words that may stand between `struct` and its name.
fn is_between(word: &str) -> bool {
    matches!(
        word,
        "__attribute__" | "__attribute" | "const" | "volatile" | "restrict"
    )
}

/// What a byte begins.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Blank,
    Letter,
    Digit,
    Quote,
    Slash,
    Separator,
    /// Punctuation that is neither of the one before nor of the one behind.
    Mark,
    /// What is rare in declarations: directives, splices, digraphs, operators of which `==` or `<=` could be made.
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => Class::Blank,
            b'_' | b'$' => Class::Letter,
            b'"' | b'\'' => Class::Quote,
            b'/' => Class::Slash,
            b';' | b',' | b'*' | b':' => Class::Separator,
            b'#' | b'%' | b'\\' | b'@' | b'`' | b'<' | b'>' | b'!' => Class::Other,
            _ if byte.is_ascii_alphabetic() => Class::Letter,
            _ if byte.is_ascii_digit() => Class::Digit,
            _ if byte.is_ascii_punctuation() => Class::Mark,
            _ => Class::Other,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};
