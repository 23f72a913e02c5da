//! Numbers in either byte order, appended to a buffer or taken from a slice that may be too short.

use crate::Endian;

/// A buffer that grows by numbers of one byte order.
pub(crate) struct ByteWriter {
    endian: Endian,
    bytes: Vec<u8>,
}

impl ByteWriter {
    /// An empty buffer.
    pub(crate) fn new(endian: Endian) -> ByteWriter {
        ByteWriter {
            endian,
            bytes: Vec::new(),
        }
    }

    /// Appends one byte.
    pub(crate) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Appends two bytes.
    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes.extend(match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        });
    }

    /// Appends four bytes.
    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes.extend(u32_to_bytes(self.endian, value));
    }

    /// Appends bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The buffer.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// There were fewer bytes than needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct EndOfBytes;

/// A slice from which numbers of one byte order are taken, front to back.
#[derive(Clone)]
pub(crate) struct ByteReader<'a> {
    endian: Endian,
    bytes: &'a [u8],
}

impl<'a> ByteReader<'a> {
    /// Reads from the start of `bytes`.
    pub(crate) fn new(endian: Endian, bytes: &'a [u8]) -> ByteReader<'a> {
        ByteReader { endian, bytes }
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes one byte.
    pub(crate) fn u8(&mut self) -> Result<u8, EndOfBytes> {
        self.array().map(|[byte]| byte)
    }

    /// Takes two bytes.
    pub(crate) fn u16(&mut self) -> Result<u16, EndOfBytes> {
        let bytes = self.array()?;
        Ok(match self.endian {
            Endian::Little => u16::from_le_bytes(bytes),
            Endian::Big => u16::from_be_bytes(bytes),
        })
    }

    /// Takes four bytes.
    pub(crate) fn u32(&mut self) -> Result<u32, EndOfBytes> {
        let bytes = self.array()?;
        Ok(u32_from_bytes(self.endian, bytes))
    }

    /// Takes as many bytes as asked for, as a reader of their own.
    pub(crate) fn sub_reader(&mut self, len: u32) -> Result<ByteReader<'a>, EndOfBytes> {
        let len = usize::try_from(len).map_err(|_| EndOfBytes)?;
        let (taken, rest) = self.bytes.split_at_checked(len).ok_or(EndOfBytes)?;
        self.bytes = rest;
        Ok(ByteReader::new(self.endian, taken))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], EndOfBytes> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(EndOfBytes)?;
        self.bytes = rest;
        Ok(*taken)
    }
}

/// The four bytes of a number.
pub(crate) fn u32_to_bytes(endian: Endian, value: u32) -> [u8; 4] {
    match endian {
        Endian::Little => value.to_le_bytes(),
        Endian::Big => value.to_be_bytes(),
    }
}

/// The number that four bytes stand for.
pub(crate) fn u32_from_bytes(endian: Endian, bytes: [u8; 4]) -> u32 {
    match endian {
        Endian::Little => u32::from_le_bytes(bytes),
        Endian::Big => u32::from_be_bytes(bytes),
    }
}

/// The part of `bytes` that a header describes by offset and length.
pub(crate) fn part(bytes: &[u8], offset: u32, len: u32) -> Result<&[u8], EndOfBytes> {
    let start = usize::try_from(offset).map_err(|_| EndOfBytes)?;
    let len = usize::try_from(len).map_err(|_| EndOfBytes)?;
    let end = start.checked_add(len).ok_or(EndOfBytes)?;
    bytes.get(start..end).ok_or(EndOfBytes)
}
