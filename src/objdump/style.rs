//! Colours, and making foreign text harmless.
//!
//! While text is made, what has a colour stands between characters that no name has. [`finish`] turns these into what a
//! terminal understands, or leaves them out; and other control characters, which a hostile file may have in its names, into
//! something that can be read.

const HEADING: char = '\u{1}';
const SOURCE: char = '\u{2}';
const NOTE: char = '\u{3}';
const END: char = '\u{4}';

/// What a terminal wants to see for each.
const CODES: [(char, &str); 4] = [
    (HEADING, "\u{1b}[1m"),
    (SOURCE, "\u{1b}[32m"),
    (NOTE, "\u{1b}[2m"),
    (END, "\u{1b}[0m"),
];

/// A line above others.
pub(super) fn heading(text: &str) -> String {
    format!("{HEADING}{text}{END}\n")
}

/// A line of C.
pub(super) fn source(text: &str) -> String {
    format!("{SOURCE}{text}{END}")
}

/// What is said beside an instruction.
pub(super) fn note(text: &str) -> String {
    format!("{NOTE}{text}{END}")
}

/// The text to print.
pub(super) fn finish(text: &str, has_colours: bool) -> String {
    let mut finished = String::with_capacity(text.len());
    for char in text.chars() {
        match CODES.iter().find(|(marker, _)| *marker == char) {
            Some((_, code)) if has_colours => finished += code,
            Some(_) => {}
            None if char.is_control() && !matches!(char, '\n' | '\t') => {
                finished.extend(char.escape_default());
            }
            None => finished.push(char),
        }
    }
    finished
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_colours_reach_a_terminal() {
        let text = format!("{}x{}", heading("a\u{1b}[5mb"), note("c"));
        assert_eq!(finish(&text, false), "a\\u{1b}[5mb\nxc");
        assert_eq!(
            finish(&text, true),
            "\u{1b}[1ma\\u{1b}[5mb\u{1b}[0m\nx\u{1b}[2mc\u{1b}[0m"
        );
    }
}
