//! The string table that `.BTF` and `.BTF.ext` share.
//!
//! Strings stand one after the other, each ended by NUL, and are referred to by the offset of their first byte. The table
//! starts with the empty string, so that offset 0 means "no name".

use std::cell::Cell;
use std::collections::HashMap;

use super::{BtfError, BtfWriteError};

/// A table under construction; each string enters it once.
pub(crate) struct StringTable {
    bytes: Vec<u8>,
    offsets: HashMap<String, u32>,
}

impl StringTable {
    /// A table with nothing but the empty string.
    pub(crate) fn new() -> StringTable {
        StringTable {
            bytes: vec![0],
            offsets: HashMap::from([(String::new(), 0)]),
        }
    }

    /// The offset of this string, which is added if it is new.
    pub(crate) fn intern(&mut self, string: &str) -> Result<u32, BtfWriteError> {
        if let Some(&offset) = self.offsets.get(string) {
            return Ok(offset);
        }
        if string.contains('\0') {
            return Err(BtfWriteError::NulInString(string.to_owned()));
        }
        let offset = u32::try_from(self.bytes.len()).map_err(|_| BtfWriteError::TooLarge)?;
        self.bytes.extend_from_slice(string.as_bytes());
        self.bytes.push(0);
        self.offsets.insert(string.to_owned(), offset);
        Ok(offset)
    }

    /// The table as it stands in the file.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A finished table.
pub(crate) struct Strings<'a> {
    bytes: &'a [u8],
    /// Bytes that may still be handed out.
    budget: Cell<usize>,
}

/// Bytes of strings that one file may stand for. It can refer to one long string again and again, so the length of the file
/// is no bound; a real file of this much has more than a million lines.
const BUDGET: usize = 1 << 28;

impl<'a> Strings<'a> {
    /// Checks that the table starts with the empty string and ends with the end of a string.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Strings<'a>, BtfError> {
        match (bytes.first(), bytes.last()) {
            (Some(0), Some(0)) => Ok(Strings {
                bytes,
                budget: Cell::new(BUDGET),
            }),
            _ => Err(BtfError::BadStringTable),
        }
    }

    /// The string at this offset. C sources may have bytes that are not UTF-8; each such run becomes U+FFFD.
    pub(crate) fn get(&self, offset: u32) -> Result<String, BtfError> {
        let bytes = self.bytes_at(offset)?;
        let budget = self.budget.get().checked_sub(bytes.len());
        self.budget.set(budget.ok_or(BtfError::TooMuchText)?);
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The bytes of the string at this offset.
    pub(crate) fn bytes_at(&self, offset: u32) -> Result<&'a [u8], BtfError> {
        let tail = usize::try_from(offset)
            .ok()
            .and_then(|start| self.bytes.get(start..))
            .filter(|tail| !tail.is_empty())
            .ok_or(BtfError::StringOutOfRange { offset })?;
        Ok(tail.split(|&byte| byte == 0).next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_can_be_read_only_so_often() {
        let strings = Strings {
            bytes: b"\0long\0",
            budget: Cell::new(9),
        };
        assert_eq!(strings.get(1), Ok("long".into()));
        assert_eq!(strings.get(2), Ok("ong".into()));
        assert_eq!(strings.get(0), Ok(String::new()));
        assert_eq!(strings.get(1), Err(BtfError::TooMuchText));
        assert_eq!(
            strings.get(6),
            Err(BtfError::StringOutOfRange { offset: 6 })
        );
    }
}
