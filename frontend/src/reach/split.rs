//! A program as a list of external declarations (C11 6.9).

use std::ops::Range;

use crate::pp::TokenStream;
use crate::pp::ends::{Ends, names_parameters};
use crate::pp::token::{TokenKind, sym};

/// One external declaration: up to its `;`, or to the `}` of its function body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Declaration {
    start: u32,
    end: u32,
    /// Some of it stands in the main file.
    pub(crate) is_main: bool,
    /// It has not been read: the token at its start stands for it.
    pub(crate) skimmed: Option<Part>,
}

/// One of the declarations that were skimmed together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    /// Which of [`TokenStream::skimmed`].
    pub(crate) run: u32,
    /// Which of its declarations.
    pub(crate) number: u32,
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

/// The declarations of a program; every token belongs to one, or stands for some.
pub(crate) fn split(stream: &TokenStream) -> Vec<Declaration> {
    let tokens = &stream.tokens;
    let mut declarations = Vec::new();
    let mut ends = Ends::default();
    let mut runs = 0..;
    for (at, token) in tokens.iter().enumerate() {
        let start = ends.start();
        let is_skimmed = token.kind == TokenKind::Skimmed;
        let ends_here = ends.step(tokens, at);
        if is_skimmed {
            let run = runs.next().unwrap_or(0);
            let numbers = 0..stream.skimmed[run as usize].len() as u32;
            declarations.extend(numbers.map(|number| Declaration {
                start: at as u32,
                end: at as u32 + 1,
                is_main: false,
                skimmed: Some(Part { run, number }),
            }));
        } else if ends_here {
            push(stream, start, at + 1, &mut declarations);
        }
    }
    if ends.start() < tokens.len() {
        push(stream, ends.start(), tokens.len(), &mut declarations);
    }
    declarations
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
        skimmed: None,
    };
    if stream.tokens[start].is(sym::L_BRACE) {
        let near = |before: &&Declaration| before.skimmed.is_none();
        let near = declarations.iter().rev().take_while(near).count();
        let first = declarations.len() - near;
        let is_head = |before: &Declaration| names_parameters(&stream.tokens[before.range()]);
        let head = declarations[first..].iter().rposition(is_head);
        let head = head.map_or(declarations.len(), |head| first + head);
        for parameter in declarations.drain(head..) {
            declaration.start = declaration.start.min(parameter.start);
            declaration.is_main |= parameter.is_main;
        }
    }
    declarations.push(declaration);
}
