//! What the code of a diagnostic stands for, in more words: a part of docs/errors.md, or the row of a warning.

use bpfcc_frontend::warn::{Group, WARNINGS, Warning};

/// The page with a part for each error.
const ERRORS: &str = include_str!("../docs/errors.md");

/// The codes of all errors, by name.
pub fn error_codes() -> impl Iterator<Item = &'static str> {
    parts().map(|(code, _)| code)
}

/// What the code stands for; `None` if there is no such code.
pub fn explain(code: &str) -> Option<String> {
    let error = parts().find(|(name, _)| *name == code);
    let warning = WARNINGS.iter().find(|row| row.name == code);
    match (error, warning) {
        (Some((_, text)), _) => Some(format!("{}\n", text.trim())),
        (None, Some(row)) => Some(describe(row)),
        (None, None) => None,
    }
}

/// Code and text of each part of the page.
fn parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let parts = ERRORS.split("\n## ").skip(1);
    parts.filter_map(|part| part.split_once('\n'))
}

fn describe(row: &Warning) -> String {
    let (name, about) = (row.name, row.about);
    let given = match row.group {
        Group::Default => format!("It is given unless `-Wno-{name}` is."),
        Group::All => format!("`-Wall` or `-W{name}` asks for it, `-Wno-{name}` silences it."),
        Group::Extra => format!("`-Wextra` or `-W{name}` asks for it, `-Wno-{name}` silences it."),
        Group::Error => {
            format!("An error, unless `-Wno-error={name}` or `-Wno-{name}` says otherwise.")
        }
        Group::Off => format!("`-W{name}` asks for it."),
    };
    format!("A warning: {about}.\n\n{given} `-Werror={name}` makes an error of it.\n")
}
