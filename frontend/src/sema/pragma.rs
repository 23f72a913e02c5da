//! Pragmas that change declarations: `pack`, and clang's `attribute push` with `preserve_access_index`.
//!
//! Both are states that hold from their line on, so they are kept as a list of changes by place in the text.

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
}

/// The state with what `pop` brings back.
#[derive(Default)]
struct Stacks {
    pack: Option<u32>,
    packs: Vec<Option<u32>>,
    /// For each `attribute push`, whether it was about `preserve_access_index`.
    attributes: Vec<bool>,
}

impl Pragmas {
    pub(super) fn new(unit: &Unit) -> Pragmas {
        let mut stacks = Stacks::default();
        let mut changes = Vec::new();
        for pragma in &unit.pragmas {
            let words: Vec<&str> = spellings(pragma, unit);
            match words.as_slice() {
                ["pack", "(", arguments @ .., ")"] => stacks.pack(arguments),
                ["clang", "attribute", rest @ ..] => stacks.attribute(rest),
                _ => continue,
            }
            changes.push((pragma.offset, stacks.state()));
        }
        Pragmas { changes }
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
