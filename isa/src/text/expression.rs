//! Constant expressions: `8 - 4`, `(.Lout - .Lhere - 8) / 8 & 0xffff`.
//!
//! Operators bind as in LLVM's and GNU's assemblers, which is not as in C:
//!
//! | binds | operators |
//! |---|---|
//! | most | `-x` `+x` `~x` |
//! | | `*` `/` `%` `<<` `>>` |
//! | | `&` <code>\|</code> `^` |
//! | least | `+` `-` |
//!
//! A name stands for the byte at which its label is, if labels may stand there at all.

use super::cursor::{Cursor, ParseError, Token};

/// Nested parentheses and signs: more than anyone writes, few enough for the machine's stack.
const MAX_DEPTH: usize = 64;

/// Binary operators by how much they bind, the weakest first.
const LEVELS: &[&[&str]] = &[&["+", "-"], &["&", "|", "^"], &["*", "/", "%", "<<", ">>"]];

impl Cursor<'_> {
    /// A constant expression, in which `label` gives the value of names.
    pub(super) fn expression(
        &mut self,
        label: &dyn Fn(&str) -> Option<i128>,
    ) -> Result<i128, ParseError> {
        self.binary(0, label, 0)
    }

    fn binary(
        &mut self,
        level: usize,
        label: &dyn Fn(&str) -> Option<i128>,
        depth: usize,
    ) -> Result<i128, ParseError> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary(label, depth);
        };
        let mut value = self.binary(level + 1, label, depth)?;
        while let Some(operator) = operators.iter().find(|mark| self.eat(mark)) {
            let place = self.clone();
            let right = self.binary(level + 1, label, depth)?;
            value = apply(operator, value, right)
                .ok_or_else(|| place.expected("a number that this operator can take"))?;
        }
        Ok(value)
    }

    fn unary(
        &mut self,
        label: &dyn Fn(&str) -> Option<i128>,
        depth: usize,
    ) -> Result<i128, ParseError> {
        if depth == MAX_DEPTH {
            return Err(self.expected("an expression that is nested less deeply"));
        }
        if self.eat("-") {
            return Ok(self.unary(label, depth + 1)?.wrapping_neg());
        }
        if self.eat("~") {
            return Ok(!self.unary(label, depth + 1)?);
        }
        if self.eat("+") {
            return self.unary(label, depth + 1);
        }
        if self.eat("(") {
            let value = self.binary(0, label, depth + 1)?;
            self.expect(")")?;
            return Ok(value);
        }
        let value = match self.peek() {
            Some(Token::Number(number)) => i128::from(number),
            Some(Token::Word(name)) => label(name).ok_or_else(|| self.expected("a number"))?,
            _ => return Err(self.expected("a number")),
        };
        self.advance();
        Ok(value)
    }

    /// Whether an expression without names comes next.
    pub(super) fn at_number(&self) -> bool {
        let is_prefix = |ahead: &usize| {
            matches!(
                self.peek_at(*ahead),
                Some(Token::Mark("-" | "+" | "~" | "("))
            )
        };
        let first = (0..).find(|ahead| !is_prefix(ahead));
        let first = first.and_then(|ahead| self.peek_at(ahead));
        matches!(first, Some(Token::Number(_)))
    }
}

/// Nothing for a division by zero, a shift by more than 63 and what leaves 128 bits.
fn apply(operator: &str, left: i128, right: i128) -> Option<i128> {
    let count = u32::try_from(right).ok().filter(|&count| count < 64);
    match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        "<<" => left.checked_mul(1 << count?),
        // Both assemblers shift 64 bits without their sign.
        ">>" if left < 0 => Some(i128::from((left as u64) >> count?)),
        ">>" => Some(left >> count?),
        "&" => Some(left & right),
        "|" => Some(left | right),
        _ => Some(left ^ right),
    }
}
