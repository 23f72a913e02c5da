//! `@file`: words of the command line from a file, as GCC and clang read them.

use std::ffi::OsString;
use std::fs;

/// How deep such files may name each other.
const MAX_DEPTH: usize = 20;

/// The words with those of the files in place of `@file`. If there is no such file, the word stands for itself.
pub(super) fn expand(words: Vec<OsString>) -> Result<Vec<OsString>, String> {
    let mut result = Vec::new();
    expand_into(words, 0, &mut result)?;
    Ok(result)
}

fn expand_into(
    words: Vec<OsString>,
    depth: usize,
    result: &mut Vec<OsString>,
) -> Result<(), String> {
    for word in words {
        let path = word.to_str().and_then(|text| text.strip_prefix('@'));
        match path.and_then(|path| fs::read_to_string(path).ok()) {
            None => result.push(word),
            Some(_) if depth == MAX_DEPTH => {
                let file = word.to_string_lossy();
                return Err(format!(
                    "`{file}`: files of options name each other more than {MAX_DEPTH} deep"
                ));
            }
            Some(text) => expand_into(split(&text), depth + 1, result)?,
        }
    }
    Ok(())
}

/// Words are separated by blanks; quotes of both kinds and backslashes protect what is behind them.
fn split(text: &str) -> Vec<OsString> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', _) => word.get_or_insert_default().extend(characters.next()),
            (_, Some(open)) if character == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (blank, None) if blank.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words.into_iter().map(OsString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_gcc_does() {
        let words = split("-I a\\ b\n  '-DX=\"y\"' \"c d\"e '' f\\\\");
        assert_eq!(words, ["-I", "a b", "-DX=\"y\"", "c de", "", "f\\"]);
    }
}
