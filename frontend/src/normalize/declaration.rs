//! Whether a declaration begins at a token, as far as tokens tell.

use crate::pp::token::{Symbol, Token, TokenKind, sym};

use super::Normalizer;

/// Keywords that may begin a declaration.
pub(super) const DECLARATION_KEYWORDS: &[Symbol] = &[
    sym::STATIC,
    sym::CONST,
    sym::VOLATILE,
    sym::STRUCT,
    sym::UNION,
    sym::ENUM,
    sym::UNSIGNED,
    sym::SIGNED,
    sym::VOID,
    sym::CHAR,
    sym::SHORT,
    sym::INT,
    sym::LONG,
    sym::FLOAT,
    sym::DOUBLE,
    sym::C11_BOOL,
    sym::TYPEOF,
    sym::GNU_TYPEOF,
    sym::GNU_TYPEOF2,
    sym::TYPEOF_UNQUAL,
    sym::TYPEOF_UNQUAL2,
    sym::TYPEOF_UNQUAL3,
    sym::AUTO_TYPE,
    sym::INT128,
    sym::REGISTER,
    sym::EXTERN,
    sym::TYPEDEF,
    sym::INLINE,
    sym::AUTO,
    sym::C11_ATOMIC,
    sym::C11_ALIGNAS,
    sym::ALIGNAS,
    sym::C11_STATIC_ASSERT,
    sym::STATIC_ASSERT,
];

/// Words that begin statements and expressions, in front of a name too.
const OTHER_KEYWORDS: &[Symbol] = &[
    sym::RETURN,
    sym::GOTO,
    sym::CASE,
    sym::DEFAULT,
    sym::ELSE,
    sym::DO,
    sym::SIZEOF,
    sym::ASM,
    sym::ASM2,
    sym::ASM3,
    sym::ATTRIBUTE,
    sym::ATTRIBUTE2,
    sym::GNU_EXTENSION,
    sym::C11_ALIGNOF,
    sym::ALIGNOF,
    sym::GNU_ALIGNOF,
    sym::GNU_ALIGNOF2,
    sym::GNU_REAL,
    sym::GNU_IMAG,
];

/// Words that may stand beside `auto` and are no types.
const BESIDE_AUTO: &[Symbol] = &[
    sym::STATIC,
    sym::CONST,
    sym::VOLATILE,
    sym::REGISTER,
    sym::EXTERN,
];

impl Normalizer<'_> {
    /// Whether a declaration begins at `at`: a keyword of types, or two words as in `u32 x`.
    pub(super) fn begins_declaration(&self, at: usize) -> bool {
        let Some(first) = self.word(at) else {
            return false;
        };
        DECLARATION_KEYWORDS.contains(&first)
            || !OTHER_KEYWORDS.contains(&first)
                && self
                    .word(at + 1)
                    .is_some_and(|second| !OTHER_KEYWORDS.contains(&second))
    }

    /// The same with `u32 *x;`, which could multiply but is not likely to.
    pub(super) fn likely_begins_declaration(&self, at: usize) -> bool {
        let is_star = |token: &&Token| token.is(sym::STAR);
        let stars = self.tokens.get(at + 1..).unwrap_or_default();
        let stars = stars.iter().take_while(is_star).count();
        let has_name = stars > 0 && self.word(at).is_some() && self.word(at + 1 + stars).is_some();
        has_name || self.begins_declaration(at)
    }

    /// Whether the token written last ends a label.
    pub(super) fn is_behind_label(&self) -> bool {
        self.function_depth > 0 && self.out.last().is_some_and(|token| token.is(sym::COLON))
    }

    /// Whether the colon written last cannot be that of `a ? b : c`: it ends a statement that is nothing but a name.
    pub(super) fn is_behind_named_label(&self) -> bool {
        let starts = [sym::SEMICOLON, sym::L_BRACE, sym::R_BRACE, sym::COLON];
        match self.out.as_slice() {
            [.., before, name, colon] => {
                let is_name = name.kind == TokenKind::Identifier;
                colon.is(sym::COLON) && is_name && starts.contains(&before.text)
            }
            _ => false,
        }
    }

    /// `auto x = 1;` ⟶ `__auto_type x = 1;`
    pub(super) fn auto_type(&mut self, at: usize) -> Option<usize> {
        let is_beside = |token: &&Token| BESIDE_AUTO.contains(&token.text);
        let behind = self.tokens[at + 1..].iter().take_while(is_beside).count();
        let name = at + 1 + behind;
        let before = self.out.iter().rev().find(|token| !is_beside(token));
        let is_first = before.is_none_or(|before| before.kind == TokenKind::Punctuator);
        let is_assigned = self
            .tokens
            .get(name + 1)
            .is_some_and(|next| next.is(sym::ASSIGN));
        if !is_first || !is_assigned || self.word(name).is_none() {
            return None;
        }
        self.push(at, sym::AUTO_TYPE);
        Some(at + 1)
    }

    fn word(&self, at: usize) -> Option<Symbol> {
        let token = self.tokens.get(at)?;
        (token.kind == TokenKind::Identifier).then_some(token.text)
    }
}
