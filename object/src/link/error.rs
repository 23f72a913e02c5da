//! Why objects cannot be linked.

use std::fmt;

use crate::Invalid;

/// What one file says about a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declaration {
    /// The file.
    pub file: String,
    /// Where in it, e.g. `prog.c:12` or ``section `.data` at 8``; empty for what is declared only.
    pub place: String,
    /// The declaration in words of C, or the definition of a map; empty if there are no types.
    pub text: String,
}

impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        if !self.text.is_empty() {
            write!(f, ": {}", self.text)?;
        }
        Ok(())
    }
}

/// Why objects cannot be linked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// A file contradicts itself.
    #[error("`{file}`: {why}")]
    Invalid {
        /// The file.
        file: String,
        /// How.
        why: Invalid,
    },
    /// One file is for little-endian machines and the other is not.
    #[error(
        "`{one}` and `{other}` have different byte orders; compile all files for the same target"
    )]
    ByteOrder {
        /// A file.
        one: String,
        /// Another file.
        other: String,
    },
    /// Sections of one name are to be code in one file and data in another, for example.
    #[error(
        "section `{section}` is of another kind in `{other}` than in `{one}`; give it another name in one of them"
    )]
    SectionKind {
        /// The section.
        section: String,
        /// The file that has it first.
        one: String,
        /// The file whose section is different.
        other: String,
    },
    /// Licence or version of the kernel are not the same.
    #[error(
        "`{one}` and `{other}` differ in section `{section}`: {texts}; an object has but one, so make them the same"
    )]
    Contents {
        /// `license` or `version`.
        section: String,
        /// The file that has it first.
        one: String,
        /// The file that has another.
        other: String,
        /// Both contents in words.
        texts: String,
    },
    /// Instructions cannot follow.
    #[error(
        "section `{section}` of `{file}` has {size} bytes, which is no whole number of instructions"
    )]
    HalfInstruction {
        /// The section.
        section: String,
        /// The file.
        file: String,
        /// Its size.
        size: u64,
    },
    /// More than types can describe, or an alignment that no program has.
    #[error("section `{section}` becomes too large with that of `{file}`")]
    TooLarge {
        /// The section.
        section: String,
        /// The file with which it does.
        file: String,
    },
    /// Both definitions are strong.
    #[error(
        "`{name}` is defined twice\n  {}\n  {}\nmake one of them `static`, `__weak` or `extern`",
        .both[0], .both[1]
    )]
    DefinedTwice {
        /// The name.
        name: String,
        /// Its definitions.
        both: Box<[Declaration; 2]>,
    },
    /// A name does not mean the same in two files.
    #[error(
        "`{name}` does not mean the same in two files: {why}\n  {}\n  {}\ndeclare it in a header that both include",
        .both[0], .both[1]
    )]
    Disagree {
        /// The name.
        name: String,
        /// What differs.
        why: String,
        /// The definition that counts, and what does not agree with it.
        both: Box<[Declaration; 2]>,
    },
    /// Whether they agree cannot be told.
    #[error(
        "`{file}` does not describe `{name}`, which other files have as well; compile it with types (-g)"
    )]
    NoTypes {
        /// The name.
        name: String,
        /// The file without a description of it.
        file: String,
    },
    /// A relocation to what is not in the linked object.
    #[error(
        "section `{section}` of `{file}` refers to `{symbol}`, which lies in a section that is left out"
    )]
    LeftOut {
        /// The section.
        section: String,
        /// The file.
        file: String,
        /// The symbol.
        symbol: String,
    },
}
