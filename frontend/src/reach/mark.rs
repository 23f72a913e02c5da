//! From what the main file mentions to all that it needs.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::index::Index;
use super::split::Declaration;
use super::{behind_attributes, group_end, is_tag_keyword};
use crate::pp::TokenStream;
use crate::pp::token::{Symbol, Token, TokenKind, sym};

/// What a program needs.
pub(super) struct Needed {
    declarations: Vec<bool>,
    /// Tags that must be known, if only as incomplete types.
    mentioned_tags: Vec<bool>,
}

impl Needed {
    pub(super) fn contains(&self, declaration: usize) -> bool {
        self.declarations[declaration]
    }

    pub(super) fn is_mentioned(&self, tag: Symbol) -> bool {
        self.mentioned_tags[tag.index()]
    }
}

/// Everything that is needed, starting with the roots.
pub(super) fn mark(stream: &TokenStream, declarations: &[Declaration], index: &Index) -> Needed {
    let names = stream.names.len();
    let mut marker = Marker {
        stream,
        index,
        needed: Needed {
            declarations: vec![false; declarations.len()],
            mentioned_tags: vec![false; names],
        },
        mentioned: vec![false; names],
        complete: vec![false; names],
        used: vec![false; names],
        waiting: HashMap::new(),
        todo: Vec::new(),
    };
    let roots = (0..declarations.len()).filter(|&number| index.kind(number).is_root);
    roots.for_each(|number| marker.need(number));
    while let Some(number) = marker.todo.pop() {
        let range = declarations[number].range();
        if index.kind(number).has_code {
            marker.scan_code(range);
        } else {
            marker.scan_declaration(range);
        }
    }
    marker.needed
}

struct Marker<'a> {
    stream: &'a TokenStream,
    index: &'a Index,
    needed: Needed,
    /// Ordinary names that have been seen.
    mentioned: Vec<bool>,
    /// Tags whose definition is needed.
    complete: Vec<bool>,
    /// Names in code: each may be that of a member.
    used: Vec<bool>,
    /// By the name of a member: the tags it points to.
    waiting: HashMap<Symbol, Vec<Symbol>>,
    /// Declarations that are needed and have not been looked at.
    todo: Vec<usize>,
}

impl<'a> Marker<'a> {
    fn need(&mut self, declaration: usize) {
        if !std::mem::replace(&mut self.needed.declarations[declaration], true) {
            self.todo.push(declaration);
        }
    }

    fn mention(&mut self, name: Symbol) {
        if !std::mem::replace(&mut self.mentioned[name.index()], true) {
            let index = self.index;
            index.ordinary(name).for_each(|number| self.need(number));
        }
    }

    fn complete(&mut self, tag: Symbol) {
        self.needed.mentioned_tags[tag.index()] = true;
        if !std::mem::replace(&mut self.complete[tag.index()], true) {
            let index = self.index;
            index.tag(tag).for_each(|number| self.need(number));
        }
    }

    fn use_member(&mut self, name: Symbol) {
        if !std::mem::replace(&mut self.used[name.index()], true) {
            let tags = self.waiting.remove(&name).unwrap_or_default();
            tags.into_iter().for_each(|tag| self.complete(tag));
        }
    }

    /// All names in code count: as what they name, and as members.
    fn scan_code(&mut self, range: Range<usize>) {
        let tokens = &self.stream.tokens[range];
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                token if token.kind == TokenKind::String => self.scan_string(token),
                token if token.kind != TokenKind::Identifier => {}
                token if is_tag_keyword(token) => {
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
        let names = Arc::clone(&self.stream.names);
        let is_separator = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        let words = names.text(string.text).split(is_separator);
        words
            .filter_map(|word| names.find(word))
            .for_each(|name| self.mention(name));
    }

    /// A declaration without code: types, prototypes, variables that others define.
    fn scan_declaration(&mut self, range: Range<usize>) {
        let tokens = &self.stream.tokens[range];
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
                            self.needed.mentioned_tags[tag.index()] = true;
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
        self.needed.mentioned_tags[tag.index()] = true;
        let Some(names) = member_names(tokens, star) else {
            return self.complete(tag);
        };
        if names.iter().any(|name| self.used[name.index()]) {
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
    (token.kind == TokenKind::Identifier && !is_tag_keyword(token)).then_some(token.text)
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
