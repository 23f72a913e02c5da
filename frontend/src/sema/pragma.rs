//! Pragmas that change declarations: `pack`, and clang's `attribute push` with `preserve_access_index`; and those that switch
//! warnings off inside of a macro, where places in the source cannot tell statements apart.
//!
//! All are states that hold from their line on, so they are kept as lists of changes by place in the text.

use crate::parse::{PlacedPragma, Unit};

/// What holds for a record that is defined here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct RecordState {
    /// Largest alignment of members.
    pub(super) pack: Option<u32>,
    /// Accesses are relocated.
    pub(super) preserve_access_index: bool,
}

/// The changes of state in a file.
pub(super) struct Pragmas {
    /// By ascending offset: from here on, this holds.
    changes: Vec<(usize, RecordState)>,
    /// By ascending offset: from here on, these warnings are ignored.
    ignored: Vec<(usize, Vec<String>)>,
}

/// The state with what `pop` brings back.
#[derive(Default)]
struct Stacks {
    pack: Option<u32>,
    packs: Vec<Option<u32>>,
    /// For each `attribute push`, whether it was about `preserve_access_index`.
    attributes: Vec<bool>,
    /// Warnings that are ignored, and how many were at each `diagnostic push`.
    ignored: Vec<String>,
    ignored_before: Vec<usize>,
}

impl Pragmas {
    pub(super) fn new(unit: &Unit) -> Pragmas {
        let mut stacks = Stacks::default();
        let mut changes = Vec::new();
        let mut ignored = Vec::new();
        for pragma in &unit.pragmas {
            let words: Vec<&str> = spellings(pragma, unit);
            match words.as_slice() {
                ["pack", "(", arguments @ .., ")"] => stacks.pack(arguments),
                ["clang", "attribute", rest @ ..] => stacks.attribute(rest),
                ["clang" | "GCC", "diagnostic", rest @ ..] => {
                    stacks.diagnostic(rest);
                    ignored.push((pragma.offset, stacks.ignored.clone()));
                    continue;
                }
                _ => continue,
            }
            changes.push((pragma.offset, stacks.state()));
        }
        Pragmas { changes, ignored }
    }

    /// Whether a warning is switched off at this place.
    pub(super) fn ignores(&self, code: &str, offset: usize) -> bool {
        let behind = self.ignored.partition_point(|&(from, _)| from <= offset);
        let state = behind.checked_sub(1).map(|index| &self.ignored[index].1);
        state.is_some_and(|names| names.iter().any(|name| name == code))
    }

    pub(super) fn state(&self, offset: usize) -> RecordState {
        let behind = self.changes.partition_point(|&(from, _)| from <= offset);
        match behind.checked_sub(1) {
            Some(index) => self.changes[index].1,
            None => RecordState::default(),
        }
    }
}

fn spellings<'u>(pragma: &PlacedPragma, unit: &'u Unit) -> Vec<&'u str> {
    let tokens = pragma.tokens.iter();
    tokens.map(|token| unit.map.text(token.text)).collect()
}

impl Stacks {
    fn state(&self) -> RecordState {
        RecordState {
            pack: self.pack,
            preserve_access_index: self.attributes.contains(&true),
        }
    }

    /// `pack()`, `pack(N)`, `pack(push)`, `pack(push, N)`, `pack(pop)`.
    fn pack(&mut self, arguments: &[&str]) {
        let value = arguments.last().and_then(|last| last.parse().ok());
        match arguments.first() {
            Some(&"push") => {
                self.packs.push(self.pack);
                self.pack = value.or(self.pack);
            }
            Some(&"pop") => self.pack = self.packs.pop().flatten(),
            _ => self.pack = value,
        }
        // `pack(0)` means the same as `pack()`.
        self.pack = self.pack.filter(|pack: &u32| pack.is_power_of_two());
    }

    /// `push`, `pop`, `ignored "-WNAME"`.
    fn diagnostic(&mut self, words: &[&str]) {
        match words {
            ["push"] => self.ignored_before.push(self.ignored.len()),
            ["pop"] => self
                .ignored
                .truncate(self.ignored_before.pop().unwrap_or(0)),
            ["ignored", name] => {
                let name = name.trim_matches('"').trim_start_matches("-W");
                self.ignored.push(name.to_owned());
            }
            _ => {}
        }
    }

    /// `push(__attribute__((…)), apply_to = record)`, `pop`.
    fn attribute(&mut self, words: &[&str]) {
        match words.first() {
            Some(&"push") => self
                .attributes
                .push(words.contains(&"preserve_access_index")),
            Some(&"pop") => {
                self.attributes.pop();
            }
            _ => {}
        }
    }
}
