//! Text to preprocessing tokens (C11 5.1.1.2, translation phases 1 to 3, without trigraphs).
//!
//! The lexer walks over the bytes of one file. Line splices (backslash, newline) are skipped where the next byte is
//! looked at, so the rest of the lexer never sees them; comments become the `space_before` of the next token.

use std::borrow::Cow;
use std::sync::Arc;

use super::token::{ExpansionId, Interner, Symbol, Token, TokenKind, sym};
use crate::source::{FileId, Span};

/// Reads the tokens of one text.
pub(super) struct Lexer {
    text: Arc<String>,
    file: FileId,
    pos: usize,
    /// Behind the last byte taken, before any splice that follows it.
    end: usize,
    line_start: bool,
    /// The span of all tokens, for text that stands in no file.
    fixed: Option<Span>,
    unterminated_comment: Option<Span>,
}

/// Which white space may be skipped.
#[derive(Clone, Copy, PartialEq)]
enum Across {
    Lines,
    Blanks,
}

impl Lexer {
    /// A lexer over a whole file.
    pub(super) fn new(file: FileId, text: Arc<String>) -> Lexer {
        let pos = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        Lexer {
            text,
            file,
            pos,
            end: pos,
            line_start: true,
            fixed: None,
            unterminated_comment: None,
        }
    }

    /// A lexer over the rest of a file.
    pub(super) fn starting_at(pos: usize, file: FileId, text: Arc<String>) -> Lexer {
        Lexer {
            pos,
            end: pos,
            line_start: false,
            ..Lexer::new(file, text)
        }
    }

    /// Where it is: the file, its text, and the offset of what comes next.
    pub(super) fn place(&self) -> (FileId, Arc<String>, usize) {
        (self.file, Arc::clone(&self.text), self.pos)
    }

    /// Goes on behind the last byte of a token.
    pub(super) fn go_on_at(&mut self, pos: usize) {
        (self.pos, self.end, self.line_start) = (pos, pos, false);
    }

    /// All tokens of a text that stands in no file; they claim to stand at `span`.
    pub(super) fn fragment(text: &str, span: Span, interner: &mut Interner) -> Vec<Token> {
        let mut lexer = Lexer::new(span.file, Arc::new(text.to_owned()));
        lexer.fixed = Some(span);
        std::iter::from_fn(|| {
            Some(lexer.next(interner)).filter(|token| token.kind != TokenKind::End)
        })
        .collect()
    }

    /// The next token; [`TokenKind::End`] at the end of the file, as often as asked.
    pub(super) fn next(&mut self, interner: &mut Interner) -> Token {
        let space_before = self.skip(Across::Lines);
        self.token(space_before, interner)
    }

    /// The tokens up to the end of the line, one by one.
    pub(super) fn rest_of_line(&mut self, interner: &mut Interner) -> impl Iterator<Item = Token> {
        std::iter::from_fn(|| self.next_in_line(interner))
    }

    /// The next token if there is one on this line.
    pub(super) fn next_in_line(&mut self, interner: &mut Interner) -> Option<Token> {
        let space_before = self.skip(Across::Blanks);
        let more = self.pos < self.text.len() && self.byte() != b'\n';
        more.then(|| self.token(space_before, interner))
    }

    /// A header name (C11 6.4.7) if one follows on this line: the name, whether in angle brackets, its place.
    pub(super) fn header_name(&mut self) -> Option<(String, bool, Span)> {
        self.skip(Across::Blanks);
        let (angled, close) = match self.byte() {
            b'<' => (true, b'>'),
            b'"' => (false, b'"'),
            _ => return None,
        };
        let start = self.pos;
        let line = &self.text[start + 1..];
        let length = line
            .bytes()
            .position(|byte| byte == close || byte == b'\n')?;
        if line.as_bytes()[length] != close {
            return None;
        }
        let name = line[..length].to_owned();
        self.pos = start + length + 2;
        self.end = self.pos;
        Some((name, angled, self.span_from(start)))
    }

    /// Whether the next token, on whatever line, is an opening parenthesis.
    pub(super) fn open_paren_follows(&mut self) -> bool {
        let before = (
            self.pos,
            self.end,
            self.line_start,
            self.unterminated_comment,
        );
        self.skip(Across::Lines);
        let follows = self.byte() == b'(';
        (
            self.pos,
            self.end,
            self.line_start,
            self.unterminated_comment,
        ) = before;
        follows
    }

    /// Skips lines up to one that starts with `#` and gives that token; `None` at the end of the file.
    ///
    /// Quotes matter even in skipped lines, since `/*` inside a string starts no comment.
    pub(super) fn skip_to_directive(&mut self, interner: &mut Interner) -> Option<Token> {
        loop {
            let space_before = self.skip(Across::Lines);
            if self.pos >= self.text.len() {
                return None;
            }
            if self.line_start && self.lookahead_is_hash() {
                return Some(self.token(space_before, interner));
            }
            self.skip_line();
        }
    }

    /// The place of a comment that the file never closes.
    pub(super) fn take_unterminated_comment(&mut self) -> Option<Span> {
        self.unterminated_comment.take()
    }

    fn lookahead_is_hash(&self) -> bool {
        let [first, second, ..] = self.lookahead();
        first == b'#' || (first == b'%' && second == b':')
    }

    fn skip_line(&mut self) {
        self.line_start = false;
        while self.pos < self.text.len() && self.byte() != b'\n' {
            match self.byte() {
                quote @ (b'"' | b'\'') => {
                    self.literal(quote);
                }
                b'/' if self.comment_follows() => {
                    self.skip(Across::Blanks);
                }
                _ => self.bump(),
            }
        }
    }

    // White space.

    /// Skips white space and comments; tells whether there was any since the line began.
    fn skip(&mut self, across: Across) -> bool {
        let mut space = false;
        loop {
            match self.byte() {
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                    self.pos += 1;
                    space = true;
                }
                b'\n' if across == Across::Lines => {
                    self.pos += 1;
                    self.line_start = true;
                    space = false;
                }
                b'/' if self.comment_follows() => {
                    self.skip_comment();
                    space = true;
                }
                b'\\' if self.skip_splices() => {}
                _ => return space,
            }
        }
    }

    fn comment_follows(&self) -> bool {
        let [first, second, ..] = self.lookahead();
        first == b'/' && matches!(second, b'/' | b'*')
    }

    fn skip_comment(&mut self) {
        let start = self.pos;
        self.bump();
        let is_line = self.byte() == b'/';
        self.bump();
        if is_line {
            while self.pos < self.text.len() && self.byte() != b'\n' {
                self.bump();
            }
            return;
        }
        // Slashes are rarer than stars, which begin every line of some comments.
        let inside = self.pos;
        while let Some(slash) = self.text[self.pos..].find('/') {
            self.pos += slash;
            let is_end = ends_with_star(&self.text.as_bytes()[inside..self.pos]);
            self.bump();
            if is_end {
                return;
            }
        }
        self.pos = self.text.len();
        self.end = self.pos;
        self.unterminated_comment = Some(Span {
            end: start as u32 + 2,
            ..self.span_from(start)
        });
    }

    // Tokens.

    fn token(&mut self, space_before: bool, interner: &mut Interner) -> Token {
        let start = self.pos;
        self.end = start;
        let (kind, known) = match self.plain_identifier(interner) {
            Some(name) => (TokenKind::Identifier, Some(name)),
            None => self.scan(),
        };
        let text = known.unwrap_or_else(|| interner.intern(&self.spelling(start)));
        let line_start = std::mem::take(&mut self.line_start);
        let span = self.fixed.unwrap_or_else(|| self.span_from(start));
        Token {
            kind,
            space_before,
            line_start,
            text,
            span,
            expansion: ExpansionId::NONE,
            no_expand: false,
        }
    }

    /// Takes an identifier of ASCII characters without splices, as almost all are; anything else is left for `scan`.
    fn plain_identifier(&mut self, interner: &mut Interner) -> Option<Symbol> {
        let rest = &self.text.as_bytes()[self.pos..];
        let first = rest.first().filter(|&&byte| is_identifier_start(byte))?;
        let length = identifier_length(rest);
        let behind = rest.get(length).copied().unwrap_or(0);
        let is_prefix = matches!(first, b'L' | b'u' | b'U') && matches!(behind, b'"' | b'\'');
        if behind == b'\\' || !behind.is_ascii() || is_prefix {
            return None;
        }
        let name = interner.intern(&self.text[self.pos..self.pos + length]);
        self.pos += length;
        self.end = self.pos;
        Some(name)
    }

    /// Takes one token; gives its spelling too if that is known without looking it up.
    fn scan(&mut self) -> (TokenKind, Option<Symbol>) {
        if self.pos >= self.text.len() {
            return (TokenKind::End, Some(sym::EMPTY));
        }
        if let Some(prefix) = self.literal_prefix() {
            (0..prefix).for_each(|_| self.bump());
            return (self.literal(self.byte()), None);
        }
        match self.byte() {
            byte if is_identifier_start(byte) => (self.identifier(), None),
            b'\\' | 0x80.. if self.foreign_letter() > 0 => (self.identifier(), None),
            byte if byte.is_ascii_digit() => (self.number(), None),
            b'.' if self.lookahead()[1].is_ascii_digit() => (self.number(), None),
            _ => self.punctuator(),
        }
    }

    /// The number of bytes before the quote if a literal starts here: `"`, `L"`, `u8'` and so on.
    fn literal_prefix(&self) -> Option<usize> {
        let is_quote = |byte: u8| byte == b'"' || byte == b'\'';
        match self.byte() {
            byte if is_quote(byte) => Some(0),
            b'L' | b'u' | b'U' => match self.lookahead() {
                [_, second, ..] if is_quote(second) => Some(1),
                [b'u', b'8', third, _] if is_quote(third) => Some(2),
                _ => None,
            },
            _ => None,
        }
    }

    /// Takes a literal from its opening quote to its closing one.
    fn literal(&mut self, quote: u8) -> TokenKind {
        self.bump();
        while self.pos < self.text.len() {
            match self.byte() {
                b'\n' => break,
                b'\\' => {
                    self.bump();
                    if self.byte() == b'\n' {
                        break;
                    }
                    self.bump();
                }
                byte => {
                    self.bump();
                    if byte == quote {
                        return if quote == b'"' {
                            TokenKind::String
                        } else {
                            TokenKind::Character
                        };
                    }
                }
            }
        }
        TokenKind::Unterminated
    }

    fn identifier(&mut self) -> TokenKind {
        loop {
            let length = match self.byte() {
                byte if is_identifier_continue(byte) => 1,
                b'\\' | 0x80.. => self.foreign_letter(),
                _ => 0,
            };
            if length == 0 {
                return TokenKind::Identifier;
            }
            (0..length).for_each(|_| self.bump());
        }
    }

    /// The bytes of a letter beyond ASCII, written out or as `\u1234` (C11 6.4.3); 0 if none is next.
    fn foreign_letter(&self) -> usize {
        let rest = &self.text[self.pos..];
        if let Some((_, length)) = universal_name(rest) {
            return length;
        }
        let first = rest
            .chars()
            .next()
            .filter(|first| is_foreign_letter(*first));
        first.map_or(0, char::len_utf8)
    }

    /// C11 6.4.8: digits, letters, dots and separators, and a sign behind an exponent's letter.
    fn number(&mut self) -> TokenKind {
        loop {
            let byte = self.byte();
            // C23 6.4.8: a digit separator stands in front of a digit or letter.
            let is_separator = byte == b'\'' && is_identifier_continue(self.lookahead()[1]);
            if !is_identifier_continue(byte) && byte != b'.' && !is_separator {
                return TokenKind::Number;
            }
            self.bump();
            if matches!(byte, b'e' | b'E' | b'p' | b'P') && matches!(self.byte(), b'+' | b'-') {
                self.bump();
            }
        }
    }

    fn punctuator(&mut self) -> (TokenKind, Option<Symbol>) {
        if let Some(symbol) = lone_punctuator(self.byte()) {
            self.bump();
            return (TokenKind::Punctuator, Some(symbol));
        }
        match longest_punctuator(self.lookahead()) {
            Some((length, symbol)) => {
                (0..length).for_each(|_| self.bump());
                (TokenKind::Punctuator, Some(symbol))
            }
            None => {
                let length = self.text[self.pos..]
                    .chars()
                    .next()
                    .map_or(1, char::len_utf8);
                (0..length).for_each(|_| self.bump());
                (TokenKind::Stray, None)
            }
        }
    }

    // Bytes.

    /// The byte to be taken next; 0 at the end of the text.
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.pos).copied().unwrap_or(0)
    }

    /// Takes one byte, and the splices behind it.
    fn bump(&mut self) {
        self.pos = (self.pos + 1).min(self.text.len());
        self.end = self.pos;
        if self.byte() == b'\\' {
            self.skip_splices();
        }
    }

    /// The next four bytes, splices left out, zeros past the end.
    fn lookahead(&self) -> [u8; 4] {
        let rest = &self.text.as_bytes()[self.pos..];
        if let Some(bytes) = rest
            .first_chunk::<4>()
            .filter(|bytes| !bytes.contains(&b'\\'))
        {
            return *bytes;
        }
        let mut bytes = [0; 4];
        let mut at = 0;
        for byte in &mut bytes {
            at += splices(&rest[at.min(rest.len())..]);
            *byte = rest.get(at).copied().unwrap_or(0);
            at += 1;
        }
        bytes
    }

    fn skip_splices(&mut self) -> bool {
        let length = splices(&self.text.as_bytes()[self.pos..]);
        self.pos += length;
        length > 0
    }

    fn spelling(&self, start: usize) -> Cow<'_, str> {
        let raw = &self.text[start..self.end];
        if raw.contains('\\') {
            with_letters(without_splices(raw))
        } else {
            Cow::Borrowed(raw)
        }
    }

    fn span_from(&self, start: usize) -> Span {
        Span {
            file: self.file,
            start: start as u32,
            end: self.end as u32,
        }
    }
}

/// Bytes that may start an identifier, and those that may go on with one: letters, digits, `_`, and `$` as GNU C has it.
/// Letters beyond ASCII have several bytes, and are looked at as a whole.
const IDENTIFIER_START: u8 = 1;
const IDENTIFIER_CONTINUE: u8 = 2;
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            b'_' | b'$' => IDENTIFIER_START | IDENTIFIER_CONTINUE,
            _ if byte.is_ascii_alphabetic() => IDENTIFIER_START | IDENTIFIER_CONTINUE,
            _ if byte.is_ascii_digit() => IDENTIFIER_CONTINUE,
            _ => 0,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

pub(super) fn is_identifier_start(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & IDENTIFIER_START != 0
}

pub(super) fn is_identifier_continue(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & IDENTIFIER_CONTINUE != 0
}

/// How many bytes of an identifier the text begins with: eight at a time, since a loop over single bytes ends where no
/// processor expects it.
pub(super) fn identifier_length(text: &[u8]) -> usize {
    let mut length = 0;
    while let Some(word) = text[length..].first_chunk() {
        match identifier_bytes(u64::from_le_bytes(*word)) {
            8 => length += 8,
            // A dollar sign, perhaps.
            some => {
                length += some;
                break;
            }
        }
    }
    let rest = text[length..].iter();
    length
        + rest
            .take_while(|&&byte| is_identifier_continue(byte))
            .count()
}

/// How many of the first bytes of a word are letters, digits or `_`. In `x + (0x80 - a)` the highest bit of a byte says
/// whether it is `a` or more; nothing is carried into the next byte, since all are below `0x80`.
fn identifier_bytes(word: u64) -> usize {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let low = word & all(0x7f);
    let lower_case = low | all(0x20);
    let is_letter = (lower_case + all(0x80 - b'a')) & !(lower_case + all(0x7f - b'z'));
    let is_digit = (low + all(0x80 - b'0')) & !(low + all(0x7f - b'9'));
    let is_underscore = !((low ^ all(b'_')) + all(0x7f));
    let belongs = (is_letter | is_digit | is_underscore) & !word & all(0x80);
    (belongs ^ all(0x80)).trailing_zeros() as usize / 8
}

/// The length of the line splices at the start of `bytes`. White space between backslash and newline is forgiven, as
/// GCC and clang forgive it.
fn splices(bytes: &[u8]) -> usize {
    let mut length = 0;
    while bytes.get(length) == Some(&b'\\') {
        let behind = &bytes[length + 1..];
        let blanks = behind
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
            .count();
        if behind.get(blanks) != Some(&b'\n') {
            break;
        }
        length += blanks + 2;
    }
    length
}

/// Whether the last byte is a star, splices behind it aside.
fn ends_with_star(mut bytes: &[u8]) -> bool {
    while let Some(line) = bytes.strip_suffix(b"\n") {
        let Some(before) = line.trim_ascii_end().strip_suffix(b"\\") else {
            return false;
        };
        bytes = before;
    }
    bytes.last() == Some(&b'*')
}

fn without_splices(raw: &str) -> Cow<'_, str> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let length = splices(&rest.as_bytes()[at..]);
        if length == 0 {
            text.push('\\');
        }
        rest = &rest[at + length.max(1)..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Letters, digits and what is written above letters. C11 D.1 and C23 (by way of Unicode's annex 31) draw the line in
/// slightly different places.
fn is_foreign_letter(character: char) -> bool {
    !character.is_ascii()
        && (character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character))
}

/// The letter that a universal character name at the start of the text stands for, and the name's length.
fn universal_name(text: &str) -> Option<(char, usize)> {
    let digits = match text.as_bytes() {
        [b'\\', b'u', ..] => 4,
        [b'\\', b'U', ..] => 8,
        _ => return None,
    };
    let number = text.get(2..2 + digits)?;
    let letter = char::from_u32(u32::from_str_radix(number, 16).ok()?)?;
    is_foreign_letter(letter).then_some((letter, 2 + digits))
}

/// Text with the letters that universal character names outside of literals stand for: both spellings are one name.
fn with_letters(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(['"', '\'']) || !(text.contains("\\u") || text.contains("\\U")) {
        return text;
    }
    let mut letters = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(first) = rest.chars().next() {
        let (letter, length) = universal_name(rest).unwrap_or((first, first.len_utf8()));
        letters.push(letter);
        rest = &rest[length..];
    }
    Cow::Owned(letters)
}

/// Punctuators that begin no longer one.
fn lone_punctuator(byte: u8) -> Option<Symbol> {
    match byte {
        b'(' | b')' | b'[' | b']' | b'{' | b'}' | b';' | b',' | b'~' | b'?' => {
            one_byte_punctuator(byte)
        }
        _ => None,
    }
}

/// The longest punctuator at the start of the bytes and its length in the source. Digraphs give the punctuator they
/// stand for.
fn longest_punctuator(bytes: [u8; 4]) -> Option<(usize, Symbol)> {
    Some(match bytes {
        [b'%', b':', b'%', b':'] => (4, sym::HASH_HASH),
        [b'.', b'.', b'.', _] => (3, sym::ELLIPSIS),
        [b'<', b'<', b'=', _] => (3, sym::SHL_EQ),
        [b'>', b'>', b'=', _] => (3, sym::SHR_EQ),
        [first, second, ..] => match two_byte_punctuator(first, second) {
            Some(symbol) => (2, symbol),
            None => (1, one_byte_punctuator(first)?),
        },
    })
}

fn two_byte_punctuator(first: u8, second: u8) -> Option<Symbol> {
    Some(match (first, second) {
        (b'-', b'>') => sym::ARROW,
        (b'+', b'+') => sym::PLUS_PLUS,
        (b'-', b'-') => sym::MINUS_MINUS,
        (b'<', b'<') => sym::SHL,
        (b'>', b'>') => sym::SHR,
        (b'<', b'=') => sym::LESS_EQ,
        (b'>', b'=') => sym::GREATER_EQ,
        (b'=', b'=') => sym::EQ_EQ,
        (b'!', b'=') => sym::BANG_EQ,
        (b'&', b'&') => sym::AND_AND,
        (b'|', b'|') => sym::PIPE_PIPE,
        (b'*', b'=') => sym::STAR_EQ,
        (b'/', b'=') => sym::SLASH_EQ,
        (b'%', b'=') => sym::PERCENT_EQ,
        (b'+', b'=') => sym::PLUS_EQ,
        (b'-', b'=') => sym::MINUS_EQ,
        (b'&', b'=') => sym::AND_EQ,
        (b'^', b'=') => sym::CARET_EQ,
        (b'|', b'=') => sym::PIPE_EQ,
        (b'#', b'#') => sym::HASH_HASH,
        (b':', b':') => sym::COLON_COLON,
        (b'<', b':') => sym::L_BRACKET,
        (b':', b'>') => sym::R_BRACKET,
        (b'<', b'%') => sym::L_BRACE,
        (b'%', b'>') => sym::R_BRACE,
        (b'%', b':') => sym::HASH,
        _ => return None,
    })
}

pub(super) fn one_byte_punctuator(byte: u8) -> Option<Symbol> {
    Some(match byte {
        b'[' => sym::L_BRACKET,
        b']' => sym::R_BRACKET,
        b'(' => sym::L_PAREN,
        b')' => sym::R_PAREN,
        b'{' => sym::L_BRACE,
        b'}' => sym::R_BRACE,
        b'.' => sym::DOT,
        b'&' => sym::AND,
        b'*' => sym::STAR,
        b'+' => sym::PLUS,
        b'-' => sym::MINUS,
        b'~' => sym::TILDE,
        b'!' => sym::BANG,
        b'/' => sym::SLASH,
        b'%' => sym::PERCENT,
        b'<' => sym::LESS,
        b'>' => sym::GREATER,
        b'^' => sym::CARET,
        b'|' => sym::PIPE,
        b'?' => sym::QUESTION,
        b':' => sym::COLON,
        b';' => sym::SEMICOLON,
        b'=' => sym::ASSIGN,
        b',' => sym::COMMA,
        b'#' => sym::HASH,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// The tokens of a text, each as its kind's first letter and its spelling.
    fn lex(text: &str) -> Vec<String> {
        let mut interner = Interner::default();
        let mut sources = Sources::new();
        let file = sources.add_virtual("t.c", text);
        let tokens = Lexer::fragment(text, sources.span(file, 0, 0), &mut interner);
        tokens
            .iter()
            .map(|token| {
                format!(
                    "{:.1}:{}",
                    format!("{:?}", token.kind),
                    interner.text(token.text)
                )
            })
            .collect()
    }

    #[test]
    fn punctuators_are_as_long_as_possible() {
        assert_eq!(
            lex("a+++b<<=...##"),
            ["I:a", "P:++", "P:+", "I:b", "P:<<=", "P:...", "P:##"]
        );
        assert_eq!(lex("<:%:%:%>"), ["P:[", "P:##", "P:}"]);
    }

    #[test]
    fn numbers_take_signs_behind_exponents() {
        assert_eq!(
            lex("0x1p+3 1e-5 .5.x 0xe+1 1+1"),
            [
                "N:0x1p+3", "N:1e-5", "N:.5.x", "N:0xe+1", "N:1", "P:+", "N:1"
            ]
        );
    }

    #[test]
    fn literals_keep_prefix_and_escapes() {
        assert_eq!(
            lex(r#"L"a\"b" u8'\'' u"" Ux"#),
            [r#"S:L"a\"b""#, r"C:u8'\''", r#"S:u"""#, "I:Ux"]
        );
        assert_eq!(lex("\"open\nx 'c"), ["U:\"open", "I:x", "U:'c"]);
        assert_eq!(lex("\"a\\"), ["U:\"a\\"]);
    }

    #[test]
    fn splices_vanish_even_inside_tokens() {
        assert_eq!(
            lex("fo\\\no+\\ \n+ /\\\n* c *\\\n/ \"s\\\r\nt\" L\\\n'x'"),
            ["I:foo", "P:++", "S:\"st\"", "C:L'x'"]
        );
    }

    #[test]
    fn comments_are_space() {
        assert_eq!(
            lex("a/**/b//c\\\nd\ne /* \n */ f"),
            ["I:a", "I:b", "I:e", "I:f"]
        );
        assert_eq!(lex("a /* open"), ["I:a"]);
        assert_eq!(lex("a /*/ b */ c"), ["I:a", "I:c"]);
        assert_eq!(lex("a /* // * / **\\\n\\ \n/ b"), ["I:a", "I:b"]);
        assert_eq!(lex("a /* *\n/ b */ c"), ["I:a", "I:c"]);
    }

    #[test]
    fn identifiers_are_as_long_as_byte_by_byte() {
        for byte in 0..=u8::MAX {
            for before in 0..20 {
                let text = [vec![b'a'; before], vec![byte; 2], vec![b'_'; 9]].concat();
                let one_by_one = text
                    .iter()
                    .take_while(|byte| is_identifier_continue(**byte));
                assert_eq!(identifier_length(&text), one_by_one.count(), "{text:?}");
            }
        }
    }

    #[test]
    fn any_bytes_lex() {
        assert_eq!(lex("@ `\0 é"), ["S:@", "S:`", "S:\0", "I:é"]);
    }
}
