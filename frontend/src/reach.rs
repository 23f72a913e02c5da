//! Leaves out the declarations that a program includes but does not use.
//!
//! A program that includes `vmlinux.h` brings 20,000 declarations with it and uses twenty. What is left out here is never
//! parsed, checked or translated.
//!
//! ```text
//! tokens ──split──► declarations ──index──► who declares which name ──mark──► those that the program needs
//! ```
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

use std::borrow::Cow;

use crate::pp::token::{Symbol, Token, sym};
use crate::pp::{Pragma, TokenStream};
use index::Index;
use mark::Needed;
use split::{Declaration, split};

/// What is left of a program.
pub(crate) struct Reachable<'a> {
    /// The program without what it does not use.
    pub(crate) stream: Cow<'a, TokenStream>,
    /// The names of variables, functions, types and constants that went, to be suggested when a name is misspelt.
    pub(crate) unused: Vec<Symbol>,
}

/// The part of a program that its main file needs.
pub(crate) fn reachable(stream: &TokenStream) -> Reachable<'_> {
    let includes_nothing = stream
        .tokens
        .iter()
        .all(|token| token.span.file == stream.main);
    if includes_nothing {
        return Reachable {
            stream: Cow::Borrowed(stream),
            unused: Vec::new(),
        };
    }
    let declarations = split(stream);
    let index = Index::new(stream, &declarations);
    let needed = mark::mark(stream, &declarations, &index);
    Reachable {
        stream: Cow::Owned(keep(stream, &declarations, &index, &needed)),
        unused: index.names_outside(&needed),
    }
}

/// The program without the declarations that are not needed.
fn keep(
    stream: &TokenStream,
    declarations: &[Declaration],
    index: &Index,
    needed: &Needed,
) -> TokenStream {
    let mut tokens = Vec::new();
    let mut pragmas = Vec::new();
    let mut waiting = stream.pragmas.iter().peekable();
    for (number, declaration) in declarations.iter().enumerate() {
        let is_needed = needed.contains(number);
        let before = tokens.len();
        if is_needed {
            tokens.extend_from_slice(&stream.tokens[declaration.range()]);
        } else {
            declare_tags(
                stream,
                declaration,
                index.tags_of(number),
                needed,
                &mut tokens,
            );
        }
        while let Some(pragma) = waiting.next_if(|pragma| pragma.position < declaration.end()) {
            let inside = pragma.position.saturating_sub(declaration.start());
            if is_needed || is_state(pragma) {
                let position = before + if is_needed { inside } else { 0 };
                pragmas.push(Pragma {
                    position,
                    ..pragma.clone()
                });
            }
        }
    }
    let position = tokens.len();
    pragmas.extend(waiting.map(|pragma| Pragma {
        position,
        ..pragma.clone()
    }));
    TokenStream {
        tokens,
        pragmas,
        // Nobody prints what is parsed.
        boundaries: Vec::new(),
        names: stream.names.clone(),
        expansions: stream.expansions.clone(),
        main: stream.main,
        opened: stream.opened.clone(),
    }
}

/// `struct s { … };` ⟶ `struct s;` for those that only need to be known.
fn declare_tags(
    stream: &TokenStream,
    declaration: &Declaration,
    tags: &[index::Tag],
    needed: &Needed,
    tokens: &mut Vec<Token>,
) {
    let semicolon = stream.tokens[declaration.end() - 1];
    let known = tags
        .iter()
        .filter(|tag| !tag.is_enum && needed.is_mentioned(tag.name));
    for tag in known.filter(|_| semicolon.is(sym::SEMICOLON)) {
        tokens.extend([stream.tokens[tag.keyword], stream.tokens[tag.at], semicolon]);
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

/// Whether a token is one of `struct`, `union` and `enum`.
pub(crate) fn is_tag_keyword(token: &Token) -> bool {
    matches!(token.text, sym::STRUCT | sym::UNION | sym::ENUM)
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
