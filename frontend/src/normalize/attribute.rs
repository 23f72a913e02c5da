//! Attributes: those in brackets become those of GNU C, and stand where the grammar has room for them.

use crate::pp::token::{Symbol, Token, TokenKind, sym};

use super::Normalizer;

/// Attributes that say something about the statement behind them. None of them changes what the statement does.
const STATEMENT_ATTRIBUTES: &[Symbol] = &[
    sym::FALLTHROUGH,
    sym::FALLTHROUGH2,
    sym::NOMERGE,
    sym::MUSTTAIL,
    sym::UNROLL_HINT,
    sym::LIKELY,
    sym::UNLIKELY,
];

/// Punctuators that may stand in front of a statement.
const STATEMENT_STARTS: &[Symbol] = &[
    sym::SEMICOLON,
    sym::L_BRACE,
    sym::R_BRACE,
    sym::COLON,
    sym::R_PAREN,
];

impl Normalizer<'_> {
    /// `__attribute__((fallthrough));` ⟶ `;`, and attributes of labels go too.
    pub(super) fn gnu_attribute(&mut self, at: usize) -> Option<usize> {
        let end = self.attribute_end(at)?;
        if self.is_behind_label() || self.is_about_statement(at, end) {
            return Some(self.leave_out(at, end));
        }
        if let Some(next) = self.attributes_of_definition(at) {
            return Some(next);
        }
        let attribute = self.as_gnu_attribute(at, end);
        (attribute.len() < end - at).then(|| {
            self.out.extend(attribute);
            end
        })
    }

    /// `[[gnu::noinline]]` ⟶ `__attribute__((noinline))` in front of and in declarations, nothing in front of statements.
    pub(super) fn bracket_attribute(&mut self, at: usize) -> Option<usize> {
        let end = self.bracket_attribute_end(at)?;
        if self.is_about_statement(at, end) || self.is_statement(end) {
            return Some(self.leave_out(at, end));
        }
        if let Some(next) = self.attributes_of_definition(at) {
            return Some(next);
        }
        if self.is_behind_label() {
            self.push(at, sym::SEMICOLON);
        }
        let attribute = self.as_gnu_attribute(at, end);
        match self.declared_name(at) {
            // `f [[a]] (int)` ⟶ `__attribute__((a)) f(int)`
            Some(name) if self.goes_on_declaring(end) => {
                self.out.pop();
                self.out.extend(attribute);
                self.out.push(name);
            }
            _ => self.out.extend(attribute),
        }
        Some(end)
    }

    /// Leaves out an attribute. An empty statement behind it begins where the attribute did, so that the text of the statement
    /// still says why it is there.
    fn leave_out(&mut self, at: usize, end: usize) -> usize {
        let Some(semicolon) = self.tokens.get(end).filter(|next| next.is(sym::SEMICOLON)) else {
            return end;
        };
        let first = self.tokens[at];
        let is_together =
            first.expansion == semicolon.expansion && first.span.file == semicolon.span.file;
        let span = match is_together {
            true => first.span.to(semicolon.span),
            false => first.span,
        };
        let expansion = first.expansion;
        self.out.push(Token {
            span,
            expansion,
            ..*semicolon
        });
        end + 1
    }

    fn is_about_statement(&self, start: usize, end: usize) -> bool {
        let inner = self.tokens.get(start + 2..end - 2).unwrap_or_default();
        let mut names = inner
            .iter()
            .filter(|token| token.kind == TokenKind::Identifier);
        self.function_depth > 0 && names.any(|name| STATEMENT_ATTRIBUTES.contains(&name.text))
    }

    /// Whether what stands at `at`, behind attributes, is a statement, going by that and by what stands before them.
    fn is_statement(&self, at: usize) -> bool {
        let Some(before) = self.out.last().filter(|_| self.function_depth > 0) else {
            return false;
        };
        let starts_statement =
            STATEMENT_STARTS.contains(&before.text) || before.is(sym::ELSE) || before.is(sym::DO);
        let ends_declarator = |token: &Token| token.is(sym::COMMA) || token.is(sym::ASSIGN);
        let goes_on = before.is(sym::R_PAREN) && self.tokens.get(at).is_some_and(ends_declarator);
        let another = self
            .attribute_end(at)
            .or_else(|| self.bracket_attribute_end(at));
        match another {
            Some(end) => self.is_statement(end),
            None => starts_statement && !goes_on && !self.likely_begins_declaration(at),
        }
    }

    /// The name before `at`, if there is one.
    fn declared_name(&self, at: usize) -> Option<Token> {
        let last = *self.out.last()?;
        let is_next = self.tokens.get(at.checked_sub(1)?)?.span == last.span;
        (is_next && last.kind == TokenKind::Identifier).then_some(last)
    }

    /// Whether parameters, a length or a width follow a name and its attributes.
    fn goes_on_declaring(&self, at: usize) -> bool {
        let follows = |token: &Token| {
            token.is(sym::L_PAREN) || token.is(sym::L_BRACKET) || token.is(sym::COLON)
        };
        let is_attribute = self.bracket_attribute_end(at).is_some();
        !is_attribute && self.tokens.get(at).is_some_and(follows)
    }

    /// `f(void) __attribute__((a)) {` ⟶ `f(void) __attribute__((a)) int __bpfcc_attributes; {`, which the grammar reads as
    /// the declaration of a parameter.
    fn attributes_of_definition(&mut self, at: usize) -> Option<usize> {
        let behind_params = self.out.last().is_some_and(|last| last.is(sym::R_PAREN));
        if self.function_depth > 0 || !behind_params {
            return None;
        }
        let mut attributes = Vec::new();
        let mut end = at;
        while let Some(next) = self
            .attribute_end(end)
            .or_else(|| self.bracket_attribute_end(end))
        {
            attributes.extend(self.as_gnu_attribute(end, next));
            end = next;
        }
        if !self.tokens.get(end)?.is(sym::L_BRACE) {
            return None;
        }
        self.out.extend(attributes);
        for text in [sym::INT, sym::ATTRIBUTE_CARRIER, sym::SEMICOLON] {
            self.push(at, text);
        }
        Some(end)
    }

    /// The index behind `__attribute__((…))` if one starts at `at`.
    pub(super) fn attribute_end(&self, at: usize) -> Option<usize> {
        let keyword = self.tokens.get(at)?;
        let is_attribute = keyword.is(sym::ATTRIBUTE) || keyword.is(sym::ATTRIBUTE2);
        let is_double = self.next_is(at, sym::L_PAREN) && self.next_is(at + 1, sym::L_PAREN);
        let close = self.partner(at + 1)?;
        let inner = self.partner(at + 2)?;
        (is_attribute && is_double && inner + 1 == close).then_some(close + 1)
    }

    /// The index behind `[[…]]` if one starts at `at`.
    pub(super) fn bracket_attribute_end(&self, at: usize) -> Option<usize> {
        let is_bracket = |index: usize| {
            self.tokens
                .get(index)
                .is_some_and(|token| token.is(sym::L_BRACKET))
        };
        let close = self.partner(at)?;
        let inner = self.partner(at + 1)?;
        (is_bracket(at) && is_bracket(at + 1) && inner + 1 == close).then_some(close + 1)
    }

    /// The attribute in `start..end` in GNU's form.
    pub(super) fn as_gnu_attribute(&self, start: usize, end: usize) -> Vec<Token> {
        if !self.tokens[start].is(sym::L_BRACKET) {
            return without_empty_entries(&self.tokens[start..end]);
        }
        let word = |text| self.make(start, text);
        let mut attribute = [sym::ATTRIBUTE, sym::L_PAREN, sym::L_PAREN]
            .map(word)
            .to_vec();
        let inner = &self.tokens[start + 2..end - 2];
        for (index, token) in inner.iter().enumerate() {
            let is_prefix = inner
                .get(index + 1)
                .is_some_and(|next| next.is(sym::COLON_COLON));
            let text = match token.text {
                _ if is_prefix => continue,
                sym::COLON_COLON => continue,
                sym::MAYBE_UNUSED => sym::UNUSED,
                sym::NODISCARD => sym::WARN_UNUSED_RESULT,
                other => other,
            };
            attribute.push(Token { text, ..*token });
        }
        attribute.extend([sym::R_PAREN, sym::R_PAREN].map(word));
        without_empty_entries(&attribute)
    }
}

/// `__attribute__((, a, , b))` ⟶ `__attribute__((a, b))`
fn without_empty_entries(attribute: &[Token]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(attribute.len());
    for (index, token) in attribute.iter().enumerate() {
        let opens = kept.last().is_some_and(|last| last.is(sym::L_PAREN));
        let is_last = |next: &Token| next.is(sym::COMMA) || next.is(sym::R_PAREN);
        let is_empty = opens || attribute.get(index + 1).is_some_and(is_last);
        if !(token.is(sym::COMMA) && is_empty) {
            kept.push(*token);
        }
    }
    kept
}
