//! From what the main file mentions to all that it needs.

use std::collections::HashMap;
use std::sync::Arc;

use super::index::Index;
use super::split::Declaration;
use super::{behind_attributes, group_end};
use crate::pp::token::{Symbol, Token, TokenKind, sym};
use crate::pp::{Interner, TokenStream};

/// What a program needs.
pub(super) struct Needed {
    declarations: Vec<bool>,
    /// Tags that must be known, if only as incomplete types.
    mentioned_tags: Flags,
    /// The tokens of those that had been skimmed, by declaration.
    read: HashMap<usize, Vec<Token>>,
}

impl Needed {
    pub(super) fn contains(&self, declaration: usize) -> bool {
        self.declarations[declaration]
    }

    pub(super) fn is_mentioned(&self, tag: Symbol) -> bool {
        self.mentioned_tags.contains(tag)
    }

    /// The tokens of a declaration that had been skimmed.
    pub(super) fn read(&self, declaration: usize) -> Option<&[Token]> {
        self.read.get(&declaration).map(Vec::as_slice)
    }
}

/// A set of names. There are more of them with each declaration that is read.
#[derive(Default)]
struct Flags(Vec<bool>);

impl Flags {
    fn contains(&self, name: Symbol) -> bool {
        self.0.get(name.index()).is_some_and(|&flag| flag)
    }

    /// Adds a name; whether it is new.
    fn insert(&mut self, name: Symbol) -> bool {
        if self.0.len() <= name.index() {
            self.0.resize(name.index() + 1, false);
        }
        !std::mem::replace(&mut self.0[name.index()], true)
    }
}

/// Everything that is needed, starting with the roots. What had been skimmed of it is read, which may add names.
pub(super) fn mark(
    stream: &mut TokenStream,
    declarations: &[Declaration],
    index: &Index,
) -> Needed {
    let mut marker = Marker {
        names: Arc::make_mut(&mut stream.names),
        index,
        needed: Needed {
            declarations: vec![false; declarations.len()],
            mentioned_tags: Flags::default(),
            read: HashMap::new(),
        },
        mentioned: Flags::default(),
        complete: Flags::default(),
        used: Flags::default(),
        waiting: HashMap::new(),
        todo: Vec::new(),
    };
    let roots = (0..declarations.len()).filter(|&number| index.kind(number).is_root);
    roots.for_each(|number| marker.need(number));
    while let Some(number) = marker.todo.pop() {
        let declaration = declarations[number];
        match declaration.skimmed {
            Some(part) => {
                let run = &stream.skimmed[part.run as usize];
                let tokens = run.read(part.number as usize, marker.names);
                marker.scan(number, &tokens);
                marker.needed.read.insert(number, tokens);
            }
            None => marker.scan(number, &stream.tokens[declaration.range()]),
        }
    }
    marker.needed
}

struct Marker<'a> {
    names: &'a mut Interner,
    index: &'a Index,
    needed: Needed,
    /// Ordinary names that have been seen.
    mentioned: Flags,
    /// Tags whose definition is needed.
    complete: Flags,
    /// Names in code: each may be that of a member.
    used: Flags,
    /// By the name of a member: the tags it points to.
    waiting: HashMap<Symbol, Vec<Symbol>>,
    /// Declarations that are needed and have not been looked at.
    todo: Vec<usize>,
}

impl Marker<'_> {
    fn need(&mut self, declaration: usize) {
        if !std::mem::replace(&mut self.needed.declarations[declaration], true) {
            self.todo.push(declaration);
        }
    }

    fn mention(&mut self, name: Symbol) {
        if self.mentioned.insert(name) {
            let index = self.index;
            index.ordinary(name).for_each(|number| self.need(number));
        }
    }

    fn complete(&mut self, tag: Symbol) {
        self.needed.mentioned_tags.insert(tag);
        if self.complete.insert(tag) {
            let index = self.index;
            index.tag(tag).for_each(|number| self.need(number));
        }
    }

    fn use_member(&mut self, name: Symbol) {
        if self.used.insert(name) {
            let tags = self.waiting.remove(&name).unwrap_or_default();
            tags.into_iter().for_each(|tag| self.complete(tag));
        }
    }

    fn scan(&mut self, declaration: usize, tokens: &[Token]) {
        match self.index.kind(declaration).has_code {
            true => self.scan_code(tokens),
            false => self.scan_declaration(tokens),
        }
    }

    /// All names in code count: as what they name, and as members.
    fn scan_code(&mut self, tokens: &[Token]) {
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                token if token.kind == TokenKind::String => self.scan_string(token),
                token if token.kind != TokenKind::Identifier => {}
                token if token.is_tag_keyword() => {
                    at = behind_attributes(tokens, at + 1);
                    if let Some(tag) = name_at(tokens, at) {
                        self.complete(tag);
                        at += 1;
                    }
                    continue;
                }
                token => {
                    self.mention(token.text);
                    self.use_member(token.text);
                }
            }
            at += 1;
        }
    }

    /// Assembly text and `alias("f")` name functions and variables inside of strings.
    fn scan_string(&mut self, string: &Token) {
        let is_separator = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        let words = self.names.text(string.text).split(is_separator);
        let names: Vec<Symbol> = words
            .filter_map(|word| self.names.find(word.as_bytes()))
            .collect();
        names.into_iter().for_each(|name| self.mention(name));
    }

    /// A declaration without code: types, prototypes, variables that others define.
    fn scan_declaration(&mut self, tokens: &[Token]) {
        let (mut braces, mut parentheses) = (0_usize, 0_usize);
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            match token.text {
                sym::L_PAREN => parentheses += 1,
                sym::R_PAREN => parentheses = parentheses.saturating_sub(1),
                sym::L_BRACE => braces += 1,
                sym::R_BRACE => braces = braces.saturating_sub(1),
                sym::STRUCT | sym::UNION | sym::ENUM => {
                    let name = behind_attributes(tokens, at + 1);
                    let Some(tag) = name_at(tokens, name) else {
                        at = name;
                        continue;
                    };
                    let behind = behind_attributes(tokens, name + 1);
                    let is_pointer = !token.is(sym::ENUM)
                        && tokens.get(behind).is_some_and(|token| token.is(sym::STAR));
                    match is_pointer {
                        // A parameter brings no value into the program.
                        true if parentheses > 0 => {
                            self.needed.mentioned_tags.insert(tag);
                        }
                        true if braces > 0 => self.pointer_member(tag, tokens, behind),
                        _ => self.complete(tag),
                    }
                    at = name + 1;
                    continue;
                }
                text if token.kind == TokenKind::Identifier => {
                    self.mention(text);
                    if at > 0 && (tokens[at - 1].is(sym::DOT) || tokens[at - 1].is(sym::ARROW)) {
                        self.use_member(text);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// `struct tag *a;` inside a record: `tag` must be complete once code mentions `a`.
    fn pointer_member(&mut self, tag: Symbol, tokens: &[Token], star: usize) {
        self.needed.mentioned_tags.insert(tag);
        let Some(names) = member_names(tokens, star) else {
            return self.complete(tag);
        };
        if names.iter().any(|&name| self.used.contains(name)) {
            return self.complete(tag);
        }
        for name in names {
            self.waiting.entry(name).or_default().push(tag);
        }
    }
}

/// The identifier at `at`.
fn name_at(tokens: &[Token], at: usize) -> Option<Symbol> {
    let token = tokens.get(at)?;
    (token.kind == TokenKind::Identifier && !token.is_tag_keyword()).then_some(token.text)
}

/// What the member may be called whose first `*` is at `star`; parameters are left out. `None` for several members: only
/// some of them may be pointers.
fn member_names(tokens: &[Token], star: usize) -> Option<Vec<Symbol>> {
    let mut names = Vec::new();
    let mut at = star;
    while let Some(token) = tokens.get(at) {
        let opens_declarator = token.is(sym::L_PAREN)
            && tokens
                .get(behind_attributes(tokens, at + 1))
                .is_some_and(|next| next.is(sym::STAR));
        match token.text {
            sym::SEMICOLON | sym::R_BRACE => break,
            sym::COMMA => return None,
            sym::L_PAREN | sym::L_BRACKET => {
                let end = group_end(tokens, at);
                if opens_declarator {
                    let inner = tokens[at..end].iter();
                    let is_name = |token: &&Token| token.kind == TokenKind::Identifier;
                    names.extend(inner.filter(is_name).map(|token| token.text));
                }
                at = end;
                continue;
            }
            text if token.kind == TokenKind::Identifier => names.push(text),
            _ => {}
        }
        at += 1;
    }
    Some(names)
}
