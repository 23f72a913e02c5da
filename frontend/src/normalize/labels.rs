//! Labels as values, `&&label` and `goto *place`, and labels that belong to a block, `__label__ a, b;`: as calls.

use crate::pp::token::{Token, TokenKind, sym};

use super::Normalizer;
use super::declaration::DECLARATION_KEYWORDS;

impl Normalizer<'_> {
    /// `__label__ a, b;` ⟶ `__bpfcc_local_labels(a, b);`
    pub(super) fn local_labels(&mut self, at: usize) -> Option<usize> {
        self.as_call(at, at, sym::LOCAL_LABELS)
    }

    /// `goto *place;` ⟶ `__bpfcc_goto(place);`
    pub(super) fn computed_goto(&mut self, at: usize) -> Option<usize> {
        let star = Some(at + 1).filter(|_| self.next_is(at, sym::STAR))?;
        self.as_call(at, star, sym::COMPUTED_GOTO)
    }

    /// Writes what stands between the token at `head` and the next `;` as the arguments of a call.
    fn as_call(&mut self, at: usize, head: usize, callee: crate::pp::Symbol) -> Option<usize> {
        let end = self.statement_end(head)?;
        self.push(at, callee);
        self.push(at, sym::L_PAREN);
        self.schedule(end - 1, &[sym::R_PAREN]);
        Some(head + 1)
    }

    /// The index of the `;` behind `at`.
    fn statement_end(&self, mut at: usize) -> Option<usize> {
        loop {
            at = self.partner(at).filter(|&close| close > at).unwrap_or(at) + 1;
            if self.tokens.get(at)?.is(sym::SEMICOLON) {
                return Some(at);
            }
        }
    }

    /// `&&label` ⟶ `__bpfcc_label_address(label)`
    pub(super) fn label_address(&mut self, at: usize) -> Option<usize> {
        let label = *self.tokens.get(at + 1)?;
        if label.kind != TokenKind::Identifier || !(self.is_operand(at) || self.is_cast(at)) {
            return None;
        }
        self.push(at, sym::LABEL_ADDRESS);
        self.push(at, sym::L_PAREN);
        self.out.push(label);
        self.push(at + 1, sym::R_PAREN);
        self.flush(at + 1);
        Some(at + 2)
    }

    /// Whether the parentheses before `at` hold a type: one that a keyword begins, or a name with stars behind it.
    fn is_cast(&self, at: usize) -> bool {
        let close = at
            .checked_sub(1)
            .filter(|&at| self.tokens[at].is(sym::R_PAREN));
        let Some(open) = close.and_then(|close| self.partner(close)) else {
            return false;
        };
        // `sizeof (int) && x` and `f(*p) && x` are no casts.
        let is_word = |token: &Token| {
            token.kind == TokenKind::Identifier && !token.is(sym::RETURN) && !token.is(sym::CASE)
        };
        if open
            .checked_sub(1)
            .is_some_and(|at| is_word(&self.tokens[at]))
        {
            return false;
        }
        let ends_with_star = self.tokens[at - 2].is(sym::STAR);
        let begins_type = |token: &Token| DECLARATION_KEYWORDS.contains(&token.text);
        ends_with_star || self.tokens.get(open + 1).is_some_and(begins_type)
    }
}
