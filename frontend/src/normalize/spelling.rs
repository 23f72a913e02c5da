//! Spellings that lang-c cannot read: names with `$` or letters beyond ASCII, and numbers with digit separators.
//!
//! The parser reads such a name in letters that it knows, and `sema` asks for [`as_written`] wherever it takes a name from
//! the syntax tree, so that nobody behind it sees the difference:
//!
//! ```text
//! größe$  ⟶  __bpfcc_name_grZf6zZdfzeZ24z        1'000'000  ⟶  1000000
//! ```
//!
//! Behind the prefix `Z` begins an escape: `ZZ` is the letter itself, and `Z…z` holds the number of a character.

use std::borrow::Cow;
use std::fmt::Write;

use lang_c::ast::Identifier;

use crate::pp::TokenKind;

const PREFIX: &str = "__bpfcc_name_";

/// How the parser reads a token.
pub(crate) fn for_parser(kind: TokenKind, spelling: &str) -> Cow<'_, str> {
    match kind {
        TokenKind::Identifier if !spelling.bytes().all(is_plain) => Cow::Owned(encoded(spelling)),
        TokenKind::Number if spelling.contains('\'') => Cow::Owned(spelling.replace('\'', "")),
        _ => Cow::Borrowed(spelling),
    }
}

/// A name of the syntax tree as the user wrote it.
pub(crate) fn as_written(identifier: &Identifier) -> Cow<'_, str> {
    match identifier.name.strip_prefix(PREFIX) {
        Some(code) => decoded(code).map_or(Cow::Borrowed(&identifier.name), Cow::Owned),
        None => Cow::Borrowed(&identifier.name),
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn encoded(name: &str) -> String {
    let mut code = PREFIX.to_owned();
    for character in name.chars() {
        match character {
            'Z' => code.push_str("ZZ"),
            '_' | '0'..='9' | 'A'..='Y' | 'a'..='z' => code.push(character),
            _ => {
                write!(code, "Z{:x}z", u32::from(character))
                    .expect("writing to a String cannot fail");
            }
        }
    }
    code
}

/// `None` for what `encoded` does not give: a name of the user that only begins like that.
fn decoded(code: &str) -> Option<String> {
    let mut name = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((plain, behind)) = rest.split_once('Z') {
        name.push_str(plain);
        rest = match behind.strip_prefix('Z') {
            Some(behind) => {
                name.push('Z');
                behind
            }
            None => {
                let (number, behind) = behind.split_once('z')?;
                name.push(char::from_u32(u32::from_str_radix(number, 16).ok()?)?);
                behind
            }
        };
    }
    name.push_str(rest);
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(name: &str) -> String {
        let name = for_parser(TokenKind::Identifier, name).into_owned();
        assert!(name.bytes().all(is_plain), "{name}");
        as_written(&Identifier { name }).into_owned()
    }

    #[test]
    fn names_come_back_as_they_were() {
        for name in [
            "plain",
            "Zz",
            "größe$Z1z",
            "$",
            "変数",
            "__bpfcc_name_Z",
            "__bpfcc_name_$",
        ] {
            assert_eq!(there_and_back(name), name);
        }
    }

    #[test]
    fn numbers_lose_their_separators() {
        assert_eq!(for_parser(TokenKind::Number, "0x1'0"), "0x10");
        assert_eq!(for_parser(TokenKind::Character, "'1'"), "'1'");
    }
}
