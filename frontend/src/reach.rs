//! Leaves out the declarations that a program includes but does not use.
//!
//! A program that includes `vmlinux.h` brings 20,000 declarations with it and uses twenty. What is left out here is never
//! parsed, checked or translated.
//!
//! ```text
//! tokens ──split──► declarations ──index──► who declares which name ──mark──► those that the program needs
//! ```
//!
//! Of the headers the preprocessor has read no more than outlines where it could ([`skim`](crate::pp::skim)). They are enough
//! to say what a declaration declares; its tokens are read here, once it is needed.
//!
//! The main file is needed as a whole, and so are definitions in headers that put something into the object file. A
//! declaration that is needed needs all that it mentions, with one exception, without which a single use of
//! `struct task_struct` would need half of the kernel: a record whose member is a *pointer* to another record needs that
//! other one only once the program mentions a member of this name. Until then it is enough that it is declared:
//!
//! ```text
//! struct task_struct { int pid; struct mm_struct *mm; … };    main: t->pid        needs struct mm_struct;
//!                                                             main: t->mm->pgd    needs struct mm_struct { … };
//! ```
//!
//! All of this looks at tokens alone, so it errs on the side of keeping too much: names are compared without scopes.

mod index;
mod mark;
pub(crate) mod split;

use std::sync::Arc;

use crate::pp::token::{Symbol, Token, sym};
use crate::pp::{Pragma, TokenStream};
use index::{Declared, Index};
use mark::Needed;
use split::{Declaration, split};

/// What is left of a program.
pub(crate) struct Reachable {
    /// The program without what it does not use.
    pub(crate) stream: TokenStream,
    /// The names of variables, functions, types and constants that went, to be suggested when a name is misspelt.
    pub(crate) unused: Vec<Symbol>,
}

/// The part of a program that its main file needs.
pub(crate) fn reachable(mut stream: TokenStream) -> Reachable {
    let main = stream.main;
    if stream.tokens.iter().all(|token| token.span.file == main) {
        let unused = Vec::new();
        return Reachable { stream, unused };
    }
    let declarations = split(&stream);
    let index = Index::new(&stream, &declarations);
    let needed = mark::mark(&mut stream, &declarations, &index);
    Reachable {
        stream: keep(stream, &declarations, &index, &needed),
        unused: index.names_outside(&needed),
    }
}

/// The program without the declarations that are not needed.
fn keep(
    mut stream: TokenStream,
    declarations: &[Declaration],
    index: &Index,
    needed: &Needed,
) -> TokenStream {
    let mut tokens = Vec::new();
    let mut pragmas = Vec::new();
    let mut waiting = std::mem::take(&mut stream.pragmas).into_iter().peekable();
    for (number, declaration) in declarations.iter().enumerate() {
        let is_needed = needed.contains(number);
        let before = tokens.len();
        if is_needed {
            let read = needed.read(number);
            tokens.extend_from_slice(read.unwrap_or(&stream.tokens[declaration.range()]));
        } else {
            let is_known = |tag: &index::Tag| !tag.is_enum && needed.is_mentioned(tag.name);
            if index.tags_of(number).iter().any(is_known) {
                declare_tags(&mut stream, declaration, is_known, &mut tokens);
            }
        }
        while let Some(pragma) = waiting.next_if(|pragma| pragma.position < declaration.end()) {
            let inside = pragma.position.saturating_sub(declaration.start());
            if is_needed || is_state(&pragma) {
                let position = before + if is_needed { inside } else { 0 };
                pragmas.push(Pragma { position, ..pragma });
            }
        }
    }
    let position = tokens.len();
    pragmas.extend(waiting.map(|pragma| Pragma { position, ..pragma }));
    TokenStream {
        tokens,
        pragmas,
        // Nobody prints what is parsed.
        boundaries: Vec::new(),
        skimmed: Vec::new(),
        ..stream
    }
}

/// `struct s { … };` ⟶ `struct s;` for those that only need to be known.
fn declare_tags(
    stream: &mut TokenStream,
    declaration: &Declaration,
    is_known: impl Fn(&index::Tag) -> bool,
    tokens: &mut Vec<Token>,
) {
    let read = declaration.skimmed.map(|part| {
        let run = &stream.skimmed[part.run as usize];
        run.read(part.number as usize, Arc::make_mut(&mut stream.names))
    });
    let own = match &read {
        Some(read) => read.as_slice(),
        None => &stream.tokens[declaration.range()],
    };
    let Some(&semicolon) = own.last().filter(|last| last.is(sym::SEMICOLON)) else {
        return;
    };
    let mut declared = Declared::default();
    declared.read(own);
    for tag in declared.tags.iter().filter(|tag| is_known(tag)) {
        tokens.extend([own[tag.keyword as usize], own[tag.at as usize], semicolon]);
    }
}

/// Whether a pragma holds from its line on, as opposed to one about the statement behind it.
fn is_state(pragma: &Pragma) -> bool {
    let word = |index: usize| pragma.tokens.get(index).map(|token| token.text);
    !matches!(
        (word(0), word(1)),
        (Some(sym::UNROLL | sym::NOUNROLL), _)
            | (Some(sym::CLANG), Some(sym::LOOP))
            | (Some(sym::GCC), Some(sym::UNROLL))
    )
}

/// The index behind the bracket that closes the one at `at`, or the end of the tokens.
fn group_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.text {
            sym::L_PAREN | sym::L_BRACKET | sym::L_BRACE => depth += 1,
            sym::R_PAREN | sym::R_BRACKET | sym::R_BRACE => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// The index behind the attributes and qualifiers that start at `at`.
pub(crate) fn behind_attributes(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        let is_bracketed = token.is(sym::L_BRACKET)
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.is(sym::L_BRACKET));
        at = match token.text {
            sym::ATTRIBUTE | sym::ATTRIBUTE2 => group_end(tokens, at + 1),
            sym::L_BRACKET if is_bracketed => group_end(tokens, at),
            sym::CONST | sym::VOLATILE | sym::RESTRICT => at + 1,
            _ => return at,
        };
    }
    at
}

#[cfg(test)]
mod tests;
