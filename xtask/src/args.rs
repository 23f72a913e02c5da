//! Words of the command line, taken one after the other.

use anyhow::{Context, Result, bail};

/// What is left of the command line.
pub(crate) struct Args(std::vec::IntoIter<String>);

impl Args {
    /// The words after the name of the program.
    pub(crate) fn from_process() -> Args {
        let words: Vec<String> = std::env::args().skip(1).collect();
        Args(words.into_iter())
    }

    /// The next word, if there is one.
    pub(crate) fn next(&mut self) -> Option<String> {
        self.0.next()
    }

    /// The next word, which must be there.
    pub(crate) fn required(&mut self, what: &str) -> Result<String> {
        self.next().with_context(|| format!("{what} is missing"))
    }

    /// The next word as a number.
    pub(crate) fn number(&mut self, what: &str, default: u64) -> Result<u64> {
        let Some(word) = self.next() else {
            return Ok(default);
        };
        word.parse()
            .with_context(|| format!("{what} is a number, not `{word}`"))
    }

    /// There must be no further word.
    pub(crate) fn finish(mut self) -> Result<()> {
        match self.next() {
            Some(word) => bail!("`{word}` is one word too many"),
            None => Ok(()),
        }
    }
}
