//! A program as a list of external declarations (C11 6.9), found by their brackets.

use std::ops::Range;

use super::is_tag_keyword;
use crate::pp::TokenStream;
use crate::pp::token::{Token, TokenKind, sym};

/// One external declaration: up to its `;`, or to the `}` of its function body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Declaration {
    start: u32,
    end: u32,
    /// Some of it stands in the main file.
    pub(crate) is_main: bool,
}

impl Declaration {
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start()..self.end()
    }
}

/// The declarations of a program; every token belongs to one.
pub(crate) fn split(stream: &TokenStream) -> Vec<Declaration> {
    let tokens = &stream.tokens;
    let mut ends = Vec::new();
    let (mut start, mut open) = (0_usize, Vec::new());
    let (mut assigned, mut in_function) = (false, false);
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != TokenKind::Punctuator {
            continue;
        }
        let ends_here = match token.text {
            sym::L_BRACE => {
                if open.is_empty() {
                    in_function = !assigned && !is_type_body(&tokens[start..at]);
                }
                open.push(token.text);
                false
            }
            sym::L_PAREN | sym::L_BRACKET => {
                open.push(token.text);
                false
            }
            sym::R_PAREN | sym::R_BRACKET => {
                open.pop_if(|bracket| *bracket != sym::L_BRACE);
                false
            }
            // In a program with mistakes it closes what is still open inside, too.
            sym::R_BRACE => {
                let brace = open.iter().rposition(|bracket| *bracket == sym::L_BRACE);
                open.truncate(brace.unwrap_or(0));
                open.is_empty() && in_function
            }
            sym::ASSIGN if open.is_empty() => {
                assigned = true;
                false
            }
            sym::SEMICOLON => open.is_empty(),
            _ => false,
        };
        if ends_here {
            push(stream, start, at + 1, &mut ends);
            (start, assigned, in_function) = (at + 1, false, false);
        }
    }
    if start < tokens.len() {
        push(stream, start, tokens.len(), &mut ends);
    }
    ends
}

/// Adds a declaration. One that starts with the body of a function goes on with what stands before it: K&R parameters,
/// `int f(a, b) int a; char b; { … }`.
fn push(stream: &TokenStream, start: usize, end: usize, declarations: &mut Vec<Declaration>) {
    let in_main = |at: usize| {
        let token = &stream.tokens[at];
        let written = stream.expansions.written_at(token.span, token.expansion);
        written.file == stream.main
    };
    let mut declaration = Declaration {
        start: start as u32,
        end: end as u32,
        is_main: in_main(start) || in_main(end - 1),
    };
    if stream.tokens[start].is(sym::L_BRACE) {
        let is_head = |before: &Declaration| names_parameters(&stream.tokens[before.range()]);
        let head = declarations.iter().rposition(is_head);
        for parameter in declarations.drain(head.unwrap_or(declarations.len())..) {
            declaration.start = declaration.start.min(parameter.start);
            declaration.is_main |= parameter.is_main;
        }
    }
    declarations.push(declaration);
}

/// Whether a declaration begins like a function with K&R parameters: a name, names in parentheses, a type.
fn names_parameters(tokens: &[Token]) -> bool {
    let Some(open) = tokens.iter().position(|token| token.is(sym::L_PAREN)) else {
        return false;
    };
    let is_name = |token: &&Token| token.kind == TokenKind::Identifier || token.is(sym::COMMA);
    let close = open + 1 + tokens[open + 1..].iter().take_while(is_name).count();
    let is_identifier = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Identifier)
    };
    let has_list = tokens
        .get(close)
        .is_some_and(|token| token.is(sym::R_PAREN));
    has_list && open > 0 && is_identifier(open - 1) && is_identifier(close + 1)
}

/// Whether a `{` behind these tokens opens the body of a `struct`, `union` or `enum`: between keyword and brace stand a
/// name, attributes and the type of an `enum` at most.
fn is_type_body(before: &[Token]) -> bool {
    let mut at = before.len();
    while let Some(index) = at.checked_sub(1) {
        let token = &before[index];
        if is_tag_keyword(token) {
            return true;
        }
        at = match token.text {
            sym::R_PAREN | sym::R_BRACKET => match attribute_start(before, index) {
                Some(start) => start,
                None => return false,
            },
            sym::COLON => index,
            _ if token.kind == TokenKind::Identifier => index,
            _ => return false,
        };
    }
    false
}

/// Where the attribute starts whose last bracket is at `close`.
fn attribute_start(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let open = tokens[..=close].iter().rposition(|token| {
        match token.text {
            sym::R_PAREN | sym::R_BRACKET | sym::R_BRACE => depth += 1,
            sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    if tokens[open].is(sym::L_BRACKET) {
        return Some(open);
    }
    let keyword = open.checked_sub(1)?;
    let is_attribute = tokens[keyword].is(sym::ATTRIBUTE) || tokens[keyword].is(sym::ATTRIBUTE2);
    is_attribute.then_some(keyword)
}
