//! The controlling expression of `#if` (C11 6.10.1): integer arithmetic in `intmax_t` and `uintmax_t`.

use super::macros::Stream;
use super::token::{Interner, Symbol, Token, TokenKind, sym};
use super::{Preprocessor, Stop};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// How deep an expression may nest.
const MAX_DEPTH: usize = 256;

impl Preprocessor<'_> {
    /// Whether the condition of an `#if` or `#elif` holds. One that makes no sense is reported and does not hold.
    pub(super) fn condition(&mut self, keyword: &Token, tokens: &[Token]) -> Result<bool, Stop> {
        let tokens = self.expand_condition(tokens)?;
        let mut parser = Parser {
            tokens: &tokens,
            at: 0,
            names: &self.names,
            keyword: keyword.span,
            depth: 0,
            undefined: Vec::new(),
        };
        let value = parser.whole();
        for name in std::mem::take(&mut parser.undefined) {
            self.warn_undefined(&name);
        }
        match value {
            Ok(value) => Ok(value.bits != 0),
            Err(mut diagnostic) => {
                let place = |token: &&Token| Some(token.span) == diagnostic.span;
                if let Some(token) = tokens.iter().find(place) {
                    diagnostic.span = Some(self.expansions.written_at(token.span, token.expansion));
                }
                self.report(diagnostic);
                Ok(false)
            }
        }
    }

    fn warn_undefined(&mut self, name: &Token) {
        let text = self.names.text(name.text);
        let message = format!("`{text}` is not defined, and counts as 0");
        let place = self.expansions.written_at(name.span, name.expansion);
        let warning = Diagnostic::warning(place, message).code("undef");
        self.report(warning.help(format!("ask with `defined({text})` first")));
    }

    /// Replaces macros, and `defined` wherever it comes from, as GCC and clang do.
    fn expand_condition(&mut self, tokens: &[Token]) -> Result<Vec<Token>, Stop> {
        let mut stream = Stream::list(tokens);
        let mut expanded = Vec::new();
        while let Some(token) = self.next_raw(&mut stream)? {
            if token.is(sym::DEFINED) {
                expanded.push(self.defined(token, &mut stream)?);
            } else if !self.expand(&token, &mut stream)? {
                expanded.push(token);
            }
        }
        Ok(expanded)
    }

    /// `defined name` or `defined(name)`, as the number it stands for.
    fn defined(&mut self, keyword: Token, stream: &mut Stream) -> Result<Token, Stop> {
        let mut operand = self.next_raw(stream)?;
        let in_parens = operand.is_some_and(|token| token.is(sym::L_PAREN));
        if in_parens {
            operand = self.next_raw(stream)?;
        }
        let name = operand.filter(|token| token.kind == TokenKind::Identifier);
        let closed = !in_parens
            || self
                .next_raw(stream)?
                .is_some_and(|token| token.is(sym::R_PAREN));
        if name.is_none() || !closed {
            let message =
                "`defined` needs a macro name behind it: `defined NAME` or `defined(NAME)`";
            self.report(Diagnostic::error(keyword.span, message));
        }
        let is_defined = name.is_some_and(|name| self.macros.get(name.text).is_some());
        let text = if is_defined { sym::ONE } else { sym::ZERO };
        Ok(Token {
            kind: TokenKind::Number,
            text,
            ..keyword
        })
    }
}

/// A number of type `intmax_t` or `uintmax_t`.
#[derive(Clone, Copy, Debug)]
struct Value {
    bits: i64,
    unsigned: bool,
}

impl Value {
    fn signed(bits: i64) -> Value {
        Value {
            bits,
            unsigned: false,
        }
    }

    fn truth(holds: bool) -> Value {
        Value::signed(i64::from(holds))
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    names: &'a Interner,
    keyword: Span,
    depth: usize,
    /// Names that are no macros and whose value mattered.
    undefined: Vec<Token>,
}

type Parsed = Result<Value, Diagnostic>;

impl Parser<'_> {
    fn whole(&mut self) -> Parsed {
        let value = self.expression(true)?;
        match self.tokens.get(self.at) {
            None => Ok(value),
            Some(token) => Err(self.error(format!(
                "`{}` stands behind the end of the condition",
                self.names.text(token.text)
            ))),
        }
    }

    /// C11 6.5.17; `live` says whether the value matters, so that `0 && 1 / 0` is no error.
    fn expression(&mut self, live: bool) -> Parsed {
        let mut value = self.conditional(live)?;
        while self.take(sym::COMMA) {
            value = self.conditional(live)?;
        }
        Ok(value)
    }

    fn conditional(&mut self, live: bool) -> Parsed {
        self.nested(|parser| {
            let condition = parser.binary(0, live)?;
            if !parser.take(sym::QUESTION) {
                return Ok(condition);
            }
            let holds = condition.bits != 0;
            let then = if parser.take(sym::COLON) {
                condition
            } else {
                parser.then_part(live && holds)?
            };
            let otherwise = parser.conditional(live && !holds)?;
            let chosen = if holds { then } else { otherwise };
            Ok(Value {
                bits: chosen.bits,
                unsigned: then.unsigned || otherwise.unsigned,
            })
        })
    }

    fn then_part(&mut self, live: bool) -> Parsed {
        let value = self.expression(live)?;
        if self.take(sym::COLON) {
            Ok(value)
        } else {
            Err(self.expected("`:`"))
        }
    }

    /// Operators of precedence `level` and above, by precedence climbing.
    fn binary(&mut self, level: u8, live: bool) -> Parsed {
        let mut left = self.unary(live)?;
        while let Some((operator, precedence)) = self
            .operator()
            .filter(|&(_, precedence)| precedence >= level)
        {
            let span = self.tokens[self.at].span;
            self.at += 1;
            let decided = match operator {
                sym::AND_AND => left.bits == 0,
                sym::PIPE_PIPE => left.bits != 0,
                _ => false,
            };
            let live = live && !decided;
            let right = self.nested(|parser| parser.binary(precedence + 1, live))?;
            left = apply(operator, left, right, live)
                .map_err(|message| Diagnostic::error(span, message))?;
        }
        Ok(left)
    }

    fn operator(&self) -> Option<(Symbol, u8)> {
        let token = self
            .tokens
            .get(self.at)
            .filter(|token| token.kind == TokenKind::Punctuator)?;
        Some((token.text, precedence(token.text)?))
    }

    fn unary(&mut self, live: bool) -> Parsed {
        let Some(token) = self.tokens.get(self.at).copied() else {
            return Err(self.expected("a value"));
        };
        self.at += 1;
        match (token.kind, token.text) {
            (TokenKind::Punctuator, sym::L_PAREN) => self.parenthesised(live),
            (TokenKind::Punctuator, sym::PLUS | sym::MINUS | sym::TILDE | sym::BANG) => {
                let operand = self.nested(|parser| parser.unary(live))?;
                Ok(apply_unary(token.text, operand))
            }
            (TokenKind::Number, text) => number(self.names.text(text)).map_err(|why| {
                Diagnostic::error(token.span, format!("`{}` {why}", self.names.text(text)))
            }),
            (TokenKind::Character, text) => character(self.names.text(text))
                .map(Value::signed)
                .ok_or_else(|| {
                    Diagnostic::error(token.span, "this character constant has no value")
                }),
            (TokenKind::Identifier, sym::TRUE) => Ok(Value::truth(true)),
            (TokenKind::Identifier, sym::FALSE) => Ok(Value::truth(false)),
            // C11 6.10.1p4: what is still a name is 0.
            (TokenKind::Identifier, _) => self.name(&token, live),
            _ => {
                self.at -= 1;
                Err(self.expected("a value"))
            }
        }
    }

    fn name(&mut self, token: &Token, live: bool) -> Parsed {
        let called = self
            .tokens
            .get(self.at)
            .is_some_and(|next| next.is(sym::L_PAREN));
        if called {
            let message = format!(
                "`{}` is called in a condition, but no macro has that name",
                self.names.text(token.text)
            );
            return Err(Diagnostic::error(token.span, message));
        }
        if live {
            self.undefined.push(*token);
        }
        Ok(Value::signed(0))
    }

    fn parenthesised(&mut self, live: bool) -> Parsed {
        let value = self.expression(live)?;
        if self.take(sym::R_PAREN) {
            Ok(value)
        } else {
            Err(self.expected("`)`"))
        }
    }

    fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!(
                "the condition is nested more than {MAX_DEPTH} deep"
            )));
        }
        self.depth += 1;
        let value = parse(self);
        self.depth -= 1;
        value
    }

    fn take(&mut self, text: Symbol) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is(text));
        self.at += usize::from(found);
        found
    }

    fn expected(&self, what: &str) -> Diagnostic {
        let found = self
            .tokens
            .get(self.at)
            .map(|token| self.names.text(token.text));
        let found = found.map_or("at the end of the condition".to_owned(), |text| {
            format!("before `{text}`")
        });
        self.error(format!("expected {what} {found}"))
    }

    fn error(&self, message: String) -> Diagnostic {
        Diagnostic::error(
            self.tokens
                .get(self.at)
                .map_or(self.keyword, |token| token.span),
            message,
        )
    }
}

/// How tightly a binary operator binds.
fn precedence(operator: Symbol) -> Option<u8> {
    Some(match operator {
        sym::PIPE_PIPE => 0,
        sym::AND_AND => 1,
        sym::PIPE => 2,
        sym::CARET => 3,
        sym::AND => 4,
        sym::EQ_EQ | sym::BANG_EQ => 5,
        sym::LESS | sym::GREATER | sym::LESS_EQ | sym::GREATER_EQ => 6,
        sym::SHL | sym::SHR => 7,
        sym::PLUS | sym::MINUS => 8,
        sym::STAR | sym::SLASH | sym::PERCENT => 9,
        _ => return None,
    })
}

fn apply_unary(operator: Symbol, operand: Value) -> Value {
    let Value { bits, unsigned } = operand;
    match operator {
        sym::MINUS => Value {
            bits: bits.wrapping_neg(),
            unsigned,
        },
        sym::TILDE => Value {
            bits: !bits,
            unsigned,
        },
        sym::BANG => Value::truth(bits == 0),
        _ => operand,
    }
}

fn apply(operator: Symbol, left: Value, right: Value, live: bool) -> Result<Value, &'static str> {
    let (a, b) = (left.bits, right.bits);
    let unsigned = left.unsigned || right.unsigned;
    let order = if unsigned {
        (a as u64).cmp(&(b as u64))
    } else {
        a.cmp(&b)
    };
    let bits = match operator {
        sym::PIPE_PIPE => return Ok(Value::truth(a != 0 || b != 0)),
        sym::AND_AND => return Ok(Value::truth(a != 0 && b != 0)),
        sym::EQ_EQ => return Ok(Value::truth(order.is_eq())),
        sym::BANG_EQ => return Ok(Value::truth(order.is_ne())),
        sym::LESS => return Ok(Value::truth(order.is_lt())),
        sym::GREATER => return Ok(Value::truth(order.is_gt())),
        sym::LESS_EQ => return Ok(Value::truth(order.is_le())),
        sym::GREATER_EQ => return Ok(Value::truth(order.is_ge())),
        // The type of a shift is that of its left operand (C11 6.5.7p3).
        sym::SHL | sym::SHR => return Ok(shift(operator, left, right)),
        sym::PIPE => a | b,
        sym::CARET => a ^ b,
        sym::AND => a & b,
        sym::PLUS => a.wrapping_add(b),
        sym::MINUS => a.wrapping_sub(b),
        sym::STAR => a.wrapping_mul(b),
        sym::SLASH | sym::PERCENT if b == 0 && live => {
            return Err("division by zero in a condition");
        }
        sym::SLASH | sym::PERCENT if b == 0 => 0,
        sym::SLASH if unsigned => (a as u64 / b as u64) as i64,
        sym::SLASH => a.wrapping_div(b),
        sym::PERCENT if unsigned => (a as u64 % b as u64) as i64,
        sym::PERCENT => a.wrapping_rem(b),
        _ => unreachable!("`precedence` names no other operator"),
    };
    Ok(Value { bits, unsigned })
}

/// Shifts by a negative count shift the other way and bits beyond the width are lost, as in GCC.
fn shift(operator: Symbol, left: Value, right: Value) -> Value {
    let negative = !right.unsigned && right.bits < 0;
    let count = if negative {
        right.bits.unsigned_abs()
    } else {
        right.bits as u64
    };
    let bits = match (operator == sym::SHL) != negative {
        true if count > 63 => 0,
        true => left.bits << count,
        false if left.unsigned => (left.bits as u64)
            .checked_shr(count.min(64) as u32)
            .unwrap_or(0) as i64,
        false => left.bits >> count.min(63),
    };
    Value { bits, ..left }
}

/// The value of an integer constant (C11 6.4.4.1, and `0b`).
fn number(text: &str) -> Result<Value, &'static str> {
    let lower = text.replace('\'', "").to_ascii_lowercase();
    let (radix, rest) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', ..] => (8, &lower[..]),
        _ => (10, &lower[..]),
    };
    let is_float = rest.contains('.')
        || (radix == 10 && rest.contains('e'))
        || (radix == 16 && rest.contains('p'));
    if is_float {
        return Err("is a floating point number; conditions compute with integers");
    }
    let suffix_at = rest
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(rest.len());
    let (digits, suffix) = rest.split_at(suffix_at);
    if !matches!(suffix, "" | "u" | "l" | "ul" | "lu" | "ll" | "ull" | "llu") || digits.is_empty() {
        return Err("is not an integer");
    }
    let value = u64::from_str_radix(digits, radix).map_err(|_| "does not fit in 64 bits")?;
    Ok(Value {
        bits: value as i64,
        unsigned: suffix.contains('u') || value > i64::MAX as u64,
    })
}

/// The value of a character constant: one character, or several packed into an `int`.
fn character(text: &str) -> Option<i64> {
    let open = text.find('\'')?;
    let is_wide = open > 0;
    let mut rest = text[open + 1..].strip_suffix('\'')?;
    let mut value: Option<i64> = None;
    while !rest.is_empty() {
        let (unit, behind) = character_unit(rest)?;
        rest = behind;
        value = Some(match value {
            None if is_wide => unit,
            None => i64::from(unit as u8 as i8),
            Some(before) => i64::from(((before << 8) | (unit & 0xff)) as i32),
        });
    }
    value
}

/// The first character or escape sequence (C11 6.4.4.4), and what follows it.
fn character_unit(text: &str) -> Option<(i64, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first != '\\' {
        return Some((i64::from(u32::from(first)), chars.as_str()));
    }
    let escape = chars.next()?;
    let rest = chars.as_str();
    let simple = match escape {
        'n' => 10,
        't' => 9,
        'r' => 13,
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'v' => 11,
        'e' => 27,
        '\\' | '\'' | '"' | '?' => i64::from(u32::from(escape)),
        'x' => return digits(rest, 16, usize::MAX),
        'u' => return digits(rest, 16, 4),
        'U' => return digits(rest, 16, 8),
        '0'..='7' => return digits(&text[1..], 8, 3),
        _ => return None,
    };
    Some((simple, rest))
}

fn digits(text: &str, radix: u32, most: usize) -> Option<(i64, &str)> {
    let length = text
        .bytes()
        .take(most)
        .take_while(|&byte| char::from(byte).is_digit(radix))
        .count();
    let value = i64::from_str_radix(&text[..length], radix).ok()?;
    Some((value, &text[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_know_their_sign_and_range() {
        let unsigned = |text| number(text).map(|value| value.unsigned);
        assert_eq!(number("0x7fULL").map(|value| value.bits), Ok(127));
        assert_eq!(number("017").map(|value| value.bits), Ok(15));
        assert_eq!(number("0b101").map(|value| value.bits), Ok(5));
        assert_eq!(unsigned("9223372036854775807"), Ok(false));
        assert_eq!(unsigned("9223372036854775808"), Ok(true));
        assert_eq!(
            number("18446744073709551616").map(|value| value.bits),
            Err("does not fit in 64 bits")
        );
        assert_eq!(
            number("08").map(|value| value.bits),
            Err("is not an integer")
        );
        assert_eq!(
            number("0x").map(|value| value.bits),
            Err("is not an integer")
        );
        assert!(number("1e5").is_err());
    }

    #[test]
    fn character_constants_have_values() {
        assert_eq!(character("'A'"), Some(65));
        assert_eq!(character(r"'\377'"), Some(-1));
        assert_eq!(character(r"L'\377'"), Some(255));
        assert_eq!(character(r"'\x41'"), Some(65));
        assert_eq!(character("'ab'"), Some(0x6162));
        assert_eq!(character("''"), None);
        assert_eq!(character(r"'\q'"), None);
    }
}
