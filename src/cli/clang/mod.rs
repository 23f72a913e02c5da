//! The command line as build systems write it for clang, so that `make CLANG=bpfcc` works.
//!
//! clap knows bpfcc's own options; C compilers' single-dash long ones it cannot say. So the words pass through here first:
//!
//! ```text
//! words ──response──► @file replaced ──wrappers──► -Xclang, -Wp, and -mllvm unpacked ──table──► words for clap
//! ```
//!
//! [`table`] has a row for each option: how it takes its value and what becomes of it. A word that begins with a dash and is
//! in no row is an error; what has two dashes and is not clang's is left to clap.

mod response;
mod table;
mod values;
mod wrappers;

use std::collections::VecDeque;
use std::ffi::OsString;

use bpfcc_frontend::sema::closest;

use table::{Becomes, ROWS, Row, Takes};

/// The words for clap, or what is wrong with them.
pub(crate) fn translate(words: impl Iterator<Item = OsString>) -> Result<Vec<OsString>, String> {
    let words = wrappers::unpack(response::expand(words.collect())?)?;
    let mut words = VecDeque::from(words);
    let mut result = Vec::new();
    while let Some(word) = words.pop_front() {
        if word == "--" {
            result.push(word);
            result.extend(words);
            return Ok(result);
        }
        match word.to_str() {
            Some(text) if text.starts_with('-') && text != "-" => {
                result.extend(option(text, &mut words)?);
            }
            // A path that is not UTF-8 among them.
            _ => result.push(word),
        }
    }
    Ok(result)
}

/// What one option becomes, with its value, which may be the next word.
fn option(text: &str, rest: &mut VecDeque<OsString>) -> Result<Vec<OsString>, String> {
    let Some((row, spelling)) = find(text) else {
        return match text.starts_with("--") {
            true => Ok(vec![text.into()]),
            false => Err(unknown(text)),
        };
    };
    let joined = &text[spelling.len()..];
    let value = match row.takes {
        Takes::Separate | Takes::Either if joined.is_empty() => next_value(text, rest)?,
        _ => joined.into(),
    };
    match row.becomes {
        Becomes::Same => Ok(vec![text.into()]),
        Becomes::Own(own) if row.takes == Takes::Nothing => Ok(vec![own.into()]),
        Becomes::Own(own) => {
            let mut word = OsString::from(format!("{own}="));
            word.push(value);
            Ok(vec![word])
        }
        Becomes::Value(meaning) => {
            let value = value.to_string_lossy();
            let words = meaning(&value).map_err(|problem| format!("`{text}`: {problem}"))?;
            Ok(words.into_iter().map(OsString::from).collect())
        }
        Becomes::Nothing => Ok(Vec::new()),
        Becomes::Refused(why) => Err(format!("`{text}`: {why}")),
    }
}

/// Often a path, which need not be UTF-8.
fn next_value(option: &str, rest: &mut VecDeque<OsString>) -> Result<OsString, String> {
    let value = rest.pop_front();
    value.ok_or_else(|| format!("`{option}` needs a value behind it"))
}

/// The row for a word: the one that spells it out, or else the longest one that it begins with.
fn find(text: &str) -> Option<(&'static Row, &'static str)> {
    let spelled = ROWS
        .iter()
        .flat_map(|row| row.spellings.iter().map(move |spelling| (row, *spelling)));
    let fitting = spelled.filter(|(row, spelling)| match row.takes {
        Takes::Nothing | Takes::Separate => *spelling == text,
        Takes::Joined | Takes::Either => text.starts_with(spelling),
    });
    fitting.max_by_key(|(_, spelling)| spelling.len())
}

fn unknown(text: &str) -> String {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let known = ROWS.iter().flat_map(|row| row.spellings.iter().copied());
    let known = known.map(|spelling| spelling.trim_end_matches('='));
    match closest(name, known) {
        Some(close) if value.is_empty() => {
            format!("there is no option `{text}`; did you mean `{close}`?")
        }
        Some(close) => format!("there is no option `{text}`; did you mean `{close}={value}`?"),
        None => format!("there is no option `{text}`; `bpfcc --help` lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(words: &str) -> Result<String, String> {
        let words = words.split(' ').map(OsString::from);
        let result = translate(words)?;
        let result: Vec<_> = result.iter().map(|word| word.to_string_lossy()).collect();
        Ok(result.join(" "))
    }

    #[test]
    fn words_become_those_of_clap() {
        for (words, expected) in [
            (
                "-g -O2 -target bpf -c a.c -o a.o",
                "--debug-info=yes -O2 --endian=little -c a.c --output=a.o",
            ),
            (
                "-gdwarf -gdwarf-4 -g0 -fdebug-compilation-dir /d",
                "--debug-info=yes --dwarf=5 --debug-info=yes --dwarf=4 --debug-info=no --compilation-dir=/d",
            ),
            (
                "-target bpfeb -mlittle-endian --target=bpfeb-linux -EB",
                "--endian=big --endian=little --endian=big --endian=big",
            ),
            (
                "-I inc -Iinc -isystem/usr/i -idirafter d",
                "--include-directory=inc --include-directory=inc --isystem=/usr/i --idirafter=d",
            ),
            ("-Wall -Wno-x -Wp,-MMD,a.d", "-Wall -Wno-x --MMD --MF=a.d"),
            ("-MD -MFa.d -MT x -MP", "--MD --MF=a.d --MT=x --MP"),
            (
                "-Xclang -target-feature -Xclang +alu32 -mllvm -bpf-expand-memcpy-in-order",
                "",
            ),
            ("-fno-stack-protector -fno-builtin -std=gnu11 -pipe", ""),
            (
                "--target=linux --emit=ir -x c -",
                "--target=linux --emit=ir --language=c -",
            ),
            (
                "-mcpu=v4 -DX=-1 -U Y",
                "--mcpu=v4 --define-macro=X=-1 --undefine-macro=Y",
            ),
            ("-- -g", "-- -g"),
        ] {
            assert_eq!(translated(words).as_deref(), Ok(expected), "{words}");
        }
    }

    #[test]
    fn what_is_not_meant_is_refused_with_a_way_out() {
        for (words, part) in [
            ("-emit-llvm", "write the object with `-c`"),
            ("-target x86_64-linux-gnu", "bpfcc compiles for BPF alone"),
            (
                "-fno-stack-protecter",
                "did you mean `-fno-stack-protector`?",
            ),
            ("-mcpus=v3", "did you mean `-mcpu=v3`?"),
            ("-std=c++17", "C++"),
            ("-mllvm -frob", "`-frob`"),
            ("-o", "needs a value"),
        ] {
            let message = translated(words).expect_err(words);
            assert!(message.contains(part), "{words}: {message}");
        }
    }

    /// A row nobody can reach, or two rows for one word, would be a mistake of the table.
    #[test]
    fn each_option_has_one_row() {
        for row in ROWS {
            for spelling in row.spellings {
                let (found, _) = find(spelling).expect("the row itself");
                assert!(std::ptr::eq(found, row), "{spelling} has two rows");
            }
        }
    }

    #[test]
    fn the_documentation_lists_every_option() {
        let text = include_str!("../../../docs/command-line.md");
        for spelling in ROWS.iter().flat_map(|row| row.spellings) {
            let is_listed =
                text.contains(&format!("`{spelling}")) || text.contains(&format!(" {spelling} "));
            assert!(is_listed, "docs/command-line.md lacks {spelling}");
        }
    }
}
