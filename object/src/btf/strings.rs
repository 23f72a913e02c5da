//! The string table that `.BTF` and `.BTF.ext` share.
//!
//! Strings stand one after the other, each ended by NUL, and are referred to by the offset of their first byte. The table
//! starts with the empty string, so that offset 0 means "no name".

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
#[derive(Clone, Copy)]
pub(crate) struct Strings<'a>(&'a [u8]);

impl<'a> Strings<'a> {
    /// Checks that the table starts with the empty string and ends with the end of a string.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Strings<'a>, BtfError> {
        match (bytes.first(), bytes.last()) {
            (Some(0), Some(0)) => Ok(Strings(bytes)),
            _ => Err(BtfError::BadStringTable),
        }
    }

    /// The string at this offset. C sources may have bytes that are not UTF-8; each such run becomes U+FFFD.
    pub(crate) fn get(&self, offset: u32) -> Result<String, BtfError> {
        let tail = usize::try_from(offset)
            .ok()
            .and_then(|start| self.0.get(start..))
            .ok_or(BtfError::StringOutOfRange { offset })?;
        let bytes = tail.split(|&byte| byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}
