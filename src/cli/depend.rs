//! Dependencies for `make`: which files an object was made from, as a rule (`-M` and its like, as GCC has them).

use std::path::{Path, PathBuf};

use bpfcc_frontend::source::Sources;

/// Where lines are broken.
const WIDTH: usize = 72;

/// The options.
#[derive(clap::Args)]
#[command(next_help_heading = "Dependencies")]
pub(crate) struct DependArgs {
    /// Print a rule for make that says which files the object depends on, and do nothing else.
    #[arg(long = "M")]
    all: bool,
    /// The same without system headers.
    #[arg(long = "MM")]
    user: bool,
    /// Write such a rule beside the output: to its name, or FILE's, with `.d`.
    #[arg(long = "MD")]
    beside_all: bool,
    /// The same without system headers.
    #[arg(long = "MMD")]
    beside_user: bool,
    /// Write the rule to this file.
    #[arg(long = "MF", value_name = "FILE")]
    file: Option<PathBuf>,
    /// What the rule is for, as it is; default: the output.
    #[arg(long = "MT", value_name = "TARGET")]
    targets: Vec<String>,
    /// The same, with what make takes for something else escaped.
    #[arg(long = "MQ", value_name = "TARGET")]
    quoted_targets: Vec<String>,
    /// With -M or -MM: headers that are not there are still to be made, and belong to the rule.
    #[arg(long = "MG")]
    missing: bool,
    /// Add an empty rule for each header, so that make goes on when one is gone.
    #[arg(long = "MP")]
    phony: bool,
}

impl DependArgs {
    /// Only the rule is wanted.
    pub(crate) fn only(&self) -> bool {
        self.all || self.user
    }

    /// The rule is wanted beside the output.
    pub(crate) fn beside(&self) -> bool {
        self.beside_all || self.beside_user
    }

    /// Headers that are not there are to be named, not reported.
    pub(crate) fn names_missing(&self) -> bool {
        self.missing && self.only()
    }

    /// What belongs to a rule is said, but not that there be one.
    pub(crate) fn is_idle(&self) -> bool {
        let has_detail = self.file.is_some()
            || self.phony
            || self.missing
            || !(self.targets.is_empty() && self.quoted_targets.is_empty());
        has_detail && !self.only() && !self.beside()
    }

    /// Where the rule goes, if not to the place given.
    pub(crate) fn file_or(&self, default: PathBuf) -> PathBuf {
        self.file.clone().unwrap_or(default)
    }

    /// The rule for an object, `target` unless the options name another.
    pub(crate) fn rule(&self, sources: &Sources, target: &Path) -> String {
        let mut targets = self.targets.clone();
        targets.extend(self.quoted_targets.iter().map(|name| escaped(name)));
        if targets.is_empty() {
            targets.push(escaped(&target.to_string_lossy()));
        }
        let with_system = self.all || self.beside_all;
        let on_disk = sources
            .files()
            .map(|(_, file)| file)
            .filter(|file| file.identity().is_some() && (with_system || !file.is_system()));
        let files: Vec<String> = on_disk.map(|file| escaped(file.path())).collect();
        let mut text = wrapped(&targets, &files);
        if self.phony {
            // Without the program itself: if that is gone there is nothing to make.
            text.extend(files.iter().skip(1).map(|file| format!("{file}:\n")));
        }
        text
    }
}

/// `targets: files`, in lines that are not too long.
fn wrapped(targets: &[String], files: &[String]) -> String {
    let mut text = String::new();
    let mut column = 0;
    let mut add = |text: &mut String, word: &str| {
        if column > 0 {
            if column + word.len() > WIDTH {
                text.push_str(" \\\n");
                column = 0;
            }
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    };
    let (last, others) = targets.split_last().expect("a rule has a target");
    others.iter().for_each(|target| add(&mut text, target));
    add(&mut text, &format!("{last}:"));
    files.iter().for_each(|file| add(&mut text, file));
    text + "\n"
}

/// A file name as make wants it: `$` doubled, blanks and `#` behind a backslash, and backslashes in front of a blank doubled.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut backslashes = 0;
    for character in name.chars() {
        match character {
            ' ' | '\t' => text.extend(std::iter::repeat_n('\\', backslashes + 1)),
            '$' => text.push('$'),
            '#' => text.push('\\'),
            _ => {}
        }
        text.push(character);
        backslashes = if character == '\\' {
            backslashes + 1
        } else {
            0
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_as_gcc_does() {
        assert_eq!(escaped("a b$c#d"), r"a\ b$$c\#d");
        assert_eq!(escaped(r"a\b\ c\"), r"a\b\\\ c\");
    }
}
