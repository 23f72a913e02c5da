//! Literals: integers, characters and strings as they are spelled, to values (C11 6.4.4 and 6.4.5).

use lang_c::ast;
use thiserror::Error;

use bpfcc_isa::Endian;

use crate::source::byte_behind;
use crate::types::IntKind;

/// Why a literal has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub(super) enum LiteralError {
    #[error("this integer is too large for any type; the largest is 18446744073709551615")]
    TooLarge,
    #[error("BPF has no complex numbers; leave out the suffix `i`")]
    Imaginary,
    #[error("a character constant needs at least one character")]
    EmptyCharacter,
    #[error("this character constant holds more than four characters")]
    LongCharacter,
    #[error("`\\x` needs hexadecimal digits behind it")]
    MissingHexDigits,
    #[error("this escape sequence does not fit its character type")]
    EscapeOutOfRange,
    #[error("this escape sequence does not name a character")]
    NotACharacter,
    #[error("string literals with different prefixes cannot be joined")]
    MixedPrefixes,
    #[error("this literal is not closed")]
    Unclosed,
}

/// Value and type of an integer constant (C11 6.4.4.1p5).
pub(super) fn integer(literal: &ast::Integer) -> Result<(i128, IntKind), LiteralError> {
    if literal.suffix.imaginary {
        return Err(LiteralError::Imaginary);
    }
    let radix = match literal.base {
        ast::IntegerBase::Decimal => 10,
        ast::IntegerBase::Octal => 8,
        ast::IntegerBase::Hexadecimal => 16,
        ast::IntegerBase::Binary => 2,
    };
    // An octal zero has no digits besides its prefix.
    let digits = if literal.number.is_empty() {
        "0"
    } else {
        &*literal.number
    };
    let value = u64::from_str_radix(digits, radix).map_err(|_| LiteralError::TooLarge)?;
    let value = i128::from(value);
    let decimal = literal.base == ast::IntegerBase::Decimal;
    let kind = candidates(&literal.suffix.size)
        .iter()
        .copied()
        .filter(|kind| !literal.suffix.unsigned || !kind.is_signed())
        .filter(|kind| !decimal || literal.suffix.unsigned || kind.is_signed())
        .find(|kind| kind.holds(value))
        // GCC and clang take a decimal constant that fits no signed type as unsigned, with a warning.
        .unwrap_or(IntKind::ULong);
    Ok((value, kind))
}

fn candidates(size: &ast::IntegerSize) -> &'static [IntKind] {
    use IntKind::{Int, Long, LongLong, UInt, ULong, ULongLong};
    match size {
        ast::IntegerSize::Int => &[Int, UInt, Long, ULong],
        ast::IntegerSize::Long => &[Long, ULong],
        ast::IntegerSize::LongLong => &[LongLong, ULongLong],
    }
}

/// Value and type of a character constant as it is spelled, quotes and prefix included.
pub(super) fn character(spelled: &str) -> Result<(i128, IntKind), LiteralError> {
    let (element, body) = split(spelled, '\'')?;
    let units = decode(body, element)?;
    let kind = match element {
        IntKind::Char => IntKind::Int,
        wide => wide,
    };
    match *units.as_slice() {
        [] => Err(LiteralError::EmptyCharacter),
        [unit] => Ok((element.wrap(unit.into()), kind)),
        // As in GCC, 'ab' is 'a' * 256 + 'b'.
        ref many if element == IntKind::Char && many.len() <= 4 => {
            let joined = many.iter().fold(0, |sum, &unit| sum << 8 | unit);
            Ok((IntKind::Int.wrap(joined.into()), kind))
        }
        _ => Err(LiteralError::LongCharacter),
    }
}

/// A string literal whose parts are joined: the type of its elements and their bytes, the final zero included.
pub(super) struct StringValue {
    pub(super) element: IntKind,
    pub(super) bytes: Vec<u8>,
}

impl StringValue {
    /// Number of elements, the final zero included.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64 / u64::from(self.element.bytes())
    }
}

/// Joins the parts of a string literal.
pub(super) fn string(parts: &[String], endian: Endian) -> Result<StringValue, LiteralError> {
    let split_parts = parts
        .iter()
        .map(|part| split(part, '"'))
        .collect::<Result<Vec<_>, _>>()?;
    let mut element = IntKind::Char;
    for &(kind, _) in &split_parts {
        if kind != IntKind::Char && element != IntKind::Char && kind != element {
            return Err(LiteralError::MixedPrefixes);
        }
        if kind != IntKind::Char {
            element = kind;
        }
    }
    let mut bytes = Vec::new();
    let mut push = |unit: u32| bytes.extend(endian.bytes(unit.into(), element.bytes() as usize));
    for (_, body) in split_parts {
        decode(body, element)?.into_iter().for_each(&mut push);
    }
    push(0);
    Ok(StringValue { element, bytes })
}

/// Element type named by the prefix, and the text between the quotes.
fn split(spelled: &str, quote: char) -> Result<(IntKind, &str), LiteralError> {
    let open = spelled.find(quote).ok_or(LiteralError::Unclosed)?;
    let (prefix, rest) = spelled.split_at(open);
    let body = rest[1..]
        .strip_suffix(quote)
        .ok_or(LiteralError::Unclosed)?;
    let element = match prefix.trim() {
        "L" => IntKind::Int,
        "u" => IntKind::UShort,
        "U" => IntKind::UInt,
        _ => IntKind::Char,
    };
    Ok((element, body))
}

/// The code units of a literal's body: bytes of UTF-8 for `char`, UTF-16 or UTF-32 units for wider elements.
fn decode(body: &str, element: IntKind) -> Result<Vec<u32>, LiteralError> {
    let mut units = Vec::new();
    let mut rest = body.chars();
    while let Some(c) = rest.next() {
        if c == '\\' {
            escape(&mut rest, element, &mut units)?;
        } else {
            push_char(c, element, &mut units);
        }
    }
    Ok(units)
}

fn push_char(c: char, element: IntKind, units: &mut Vec<u32>) {
    if let Some(byte) = byte_behind(c) {
        return units.push(byte.into());
    }
    match element.bytes() {
        1 => units.extend(c.encode_utf8(&mut [0; 4]).bytes().map(u32::from)),
        2 => units.extend(
            c.encode_utf16(&mut [0; 2])
                .iter()
                .map(|&unit| u32::from(unit)),
        ),
        _ => units.push(c.into()),
    }
}

/// One escape sequence, behind its backslash (C11 6.4.4.4).
fn escape(
    rest: &mut std::str::Chars<'_>,
    element: IntKind,
    units: &mut Vec<u32>,
) -> Result<(), LiteralError> {
    let Some(c) = rest.next() else {
        return Err(LiteralError::Unclosed);
    };
    let simple = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'v' => '\x0b',
        'e' | 'E' => '\x1b',
        'u' => return universal(rest, 4, element, units),
        'U' => return universal(rest, 8, element, units),
        'x' => return numeric(digits(rest, 16, usize::MAX), 16, element, units),
        '0'..='7' => {
            let mut octal = c.to_string();
            octal.push_str(&digits(rest, 8, 2));
            return numeric(octal, 8, element, units);
        }
        // `\\`, `\'`, `\"`, `\?`; compilers let any other character stand for itself.
        other => other,
    };
    push_char(simple, element, units);
    Ok(())
}

/// Takes at most `limit` digits.
fn digits(rest: &mut std::str::Chars<'_>, radix: u32, limit: usize) -> String {
    let taken: String = rest
        .clone()
        .take(limit)
        .take_while(|c| c.is_digit(radix))
        .collect();
    *rest = rest.as_str()[taken.len()..].chars();
    taken
}

fn numeric(
    digits: String,
    radix: u32,
    element: IntKind,
    units: &mut Vec<u32>,
) -> Result<(), LiteralError> {
    if digits.is_empty() {
        return Err(LiteralError::MissingHexDigits);
    }
    let value = u32::from_str_radix(&digits, radix).map_err(|_| LiteralError::EscapeOutOfRange)?;
    if u64::from(value) >> element.bits() != 0 {
        return Err(LiteralError::EscapeOutOfRange);
    }
    units.push(value);
    Ok(())
}

fn universal(
    rest: &mut std::str::Chars<'_>,
    length: usize,
    element: IntKind,
    units: &mut Vec<u32>,
) -> Result<(), LiteralError> {
    let digits = digits(rest, 16, length);
    let code = u32::from_str_radix(&digits, 16).ok();
    let c = code
        .filter(|_| digits.len() == length)
        .and_then(char::from_u32)
        .ok_or(LiteralError::NotACharacter)?;
    push_char(c, element, units);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(
        base: ast::IntegerBase,
        number: &str,
        unsigned: bool,
    ) -> Result<(i128, IntKind), LiteralError> {
        integer(&ast::Integer {
            base,
            number: number.into(),
            suffix: ast::IntegerSuffix {
                size: ast::IntegerSize::Int,
                unsigned,
                imaginary: false,
            },
        })
    }

    #[test]
    fn integers_take_the_first_type_that_holds_them() {
        use ast::IntegerBase::{Decimal, Hexadecimal};
        assert_eq!(
            int(Decimal, "2147483647", false),
            Ok((2147483647, IntKind::Int))
        );
        assert_eq!(
            int(Decimal, "2147483648", false),
            Ok((2147483648, IntKind::Long))
        );
        assert_eq!(
            int(Hexadecimal, "80000000", false),
            Ok((0x8000_0000, IntKind::UInt))
        );
        assert_eq!(int(Decimal, "1", true), Ok((1, IntKind::UInt)));
        let largest = "ffffffffffffffff";
        assert_eq!(
            int(Hexadecimal, largest, false),
            Ok((u64::MAX.into(), IntKind::ULong))
        );
        assert_eq!(
            int(Hexadecimal, "10000000000000000", false),
            Err(LiteralError::TooLarge)
        );
    }

    #[test]
    fn characters() {
        assert_eq!(character("'a'"), Ok((97, IntKind::Int)));
        assert_eq!(character(r"'\n'"), Ok((10, IntKind::Int)));
        assert_eq!(character(r"'\377'"), Ok((-1, IntKind::Int)));
        assert_eq!(character(r"'\x41'"), Ok((65, IntKind::Int)));
        assert_eq!(character("'ab'"), Ok((0x6162, IntKind::Int)));
        assert_eq!(character("L'é'"), Ok((0xe9, IntKind::Int)));
        assert_eq!(character("''"), Err(LiteralError::EmptyCharacter));
        assert_eq!(character(r"'\x'"), Err(LiteralError::MissingHexDigits));
        assert_eq!(character(r"'\x100'"), Err(LiteralError::EscapeOutOfRange));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_kept() {
        let value = string(&["\"é\u{10ffe9}\"".into()], Endian::Little).map(|value| value.bytes);
        assert_eq!(value, Ok(vec![0xc3, 0xa9, 0xe9, 0]));
        assert_eq!(character("'\u{10ffff}'"), Ok((-1, IntKind::Int)));
    }

    #[test]
    fn strings_are_joined_after_their_escapes_are_read() {
        let value =
            string(&[r#""\x1""#.into(), r#""1é""#.into()], Endian::Little).map(|value| value.bytes);
        assert_eq!(value, Ok(vec![1, b'1', 0xc3, 0xa9, 0]));
        let wide =
            string(&[r#""a""#.into(), r#"L"b""#.into()], Endian::Little).map(|value| value.len());
        assert_eq!(wide, Ok(3));
        let mixed =
            string(&[r#"u"a""#.into(), r#"L"b""#.into()], Endian::Little).map(|value| value.len());
        assert_eq!(mixed, Err(LiteralError::MixedPrefixes));
    }
}
