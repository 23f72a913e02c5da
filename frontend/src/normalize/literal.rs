//! Escape sequences of literals that the grammar does not know: `\e`, `\u00e9` and those that no standard knows.

use std::borrow::Cow;

/// The spelling of a token as the parser can read it. It means the same.
pub(crate) fn readable(spelling: &str) -> Cow<'_, str> {
    let is_literal = spelling.ends_with(['"', '\'']);
    if !is_literal || !spelling.contains('\\') {
        return Cow::Borrowed(spelling);
    }
    let mut text = String::with_capacity(spelling.len());
    let mut rest = spelling;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = escape(&rest[at + 1..], &mut text);
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Writes the escape sequence that starts behind a backslash, and gives what stands behind it.
fn escape<'t>(rest: &'t str, text: &mut String) -> &'t str {
    let mut chars = rest.chars();
    let universal = match chars.next() {
        Some('e' | 'E') => Some((0x1b, 0)),
        Some('u') => code_point(chars.as_str(), 4).map(|code| (code, 4)),
        Some('U') => code_point(chars.as_str(), 8).map(|code| (code, 8)),
        Some(
            known @ ('\''
            | '"'
            | '?'
            | '\\'
            | 'a'
            | 'b'
            | 'f'
            | 'n'
            | 'r'
            | 't'
            | 'v'
            | 'x'
            | '0'..='7'),
        ) => {
            text.extend(['\\', known]);
            return chars.as_str();
        }
        // Compilers let any other character stand for itself.
        Some(other) => {
            text.push(other);
            return chars.as_str();
        }
        None => None,
    };
    match universal {
        // Three octal digits take no further one.
        Some((code @ ..0x80, digits)) => {
            text.push_str(&format!("\\{code:03o}"));
            &chars.as_str()[digits..]
        }
        Some((code, digits)) => {
            text.extend(char::from_u32(code));
            &chars.as_str()[digits..]
        }
        None => {
            text.push('\\');
            rest
        }
    }
}

/// The character that exactly so many hexadecimal digits name.
fn code_point(rest: &str, digits: usize) -> Option<u32> {
    let digits = rest
        .get(..digits)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    char::from_u32(code).map(u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_the_grammar_knows() {
        assert_eq!(readable(r#""\e[0m\\e""#), r#""\033[0m\\e""#);
        assert_eq!(
            readable(r#"u"\u00e9\U0001f600\u0041""#),
            "u\"é\u{1f600}\\101\""
        );
        assert_eq!(readable(r"'\q'"), "'q'");
        assert_eq!(readable(r#""\ud800""#), r#""\ud800""#);
        assert_eq!(readable(r#""\u12""#), r#""\u12""#);
    }
}
