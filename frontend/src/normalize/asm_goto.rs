//! `asm goto (T : O : I : C : out, again)` ⟶ `asm (T : O : I, [out] "" (out), [again] "" (again) : C)`
//!
//! The grammar has no labels there; an input whose constraint is empty stands for one. `::` is one token.

use crate::pp::token::{Token, TokenKind, sym};

use super::Normalizer;

impl Normalizer<'_> {
    /// Plans the rewriting of an `asm goto` whose parenthesis opens at `open`. Without labels there is nothing to do.
    pub(super) fn move_asm_labels(&mut self, open: usize) {
        let Some(close) = self.partner(open) else {
            return;
        };
        let &[_, second, third, fourth, ..] = self.asm_colons(open, close).as_slice() else {
            return;
        };
        let labels = self.asm_labels(fourth + 1, close, third > second + 1);
        if second == third {
            let colon = |token: &Token| Token {
                text: sym::COLON,
                ..*token
            };
            let colon = colon(&self.tokens[second]);
            let tokens = [vec![colon], labels, vec![colon]].concat();
            self.replaced.insert(second, (tokens, third + 1));
        } else {
            self.after.entry(third - 1).or_default().extend(labels);
        }
        let has_clobbers = fourth > third + 1 || second == third;
        let end = if has_clobbers { fourth } else { third };
        self.replaced.insert(end, (Vec::new(), close));
    }

    /// The tokens of the colons between two parentheses; one that is two colons stands twice.
    fn asm_colons(&self, open: usize, close: usize) -> Vec<usize> {
        let mut colons = Vec::new();
        let mut at = open + 1;
        while at < close {
            let token = &self.tokens[at];
            let count =
                usize::from(token.is(sym::COLON)) + 2 * usize::from(token.is(sym::COLON_COLON));
            colons.extend(std::iter::repeat_n(at, count));
            let partner = self.partner(at).filter(|&partner| partner > at);
            at = partner.unwrap_or(at) + 1;
        }
        colons
    }

    /// The labels between two places as inputs, behind others or not.
    fn asm_labels(&self, from: usize, to: usize, behind_others: bool) -> Vec<Token> {
        let mut tokens = Vec::new();
        let labels = self.tokens.get(from..to).unwrap_or_default();
        for label in labels
            .iter()
            .filter(|token| token.kind == TokenKind::Identifier)
        {
            let mark = |text| Token {
                kind: TokenKind::Punctuator,
                text,
                ..*label
            };
            if behind_others || !tokens.is_empty() {
                tokens.push(mark(sym::COMMA));
            }
            let constraint = Token {
                kind: TokenKind::String,
                text: sym::EMPTY_STRING,
                ..*label
            };
            let name = [mark(sym::L_BRACKET), *label, mark(sym::R_BRACKET)];
            tokens.extend(name);
            tokens.extend([constraint, mark(sym::L_PAREN), *label, mark(sym::R_PAREN)]);
        }
        tokens
    }
}
