//! Bytes → [`Btf`]. Nothing in the bytes is believed before it is checked.

use super::{
    BITFIELD_OFFSET_BITS, Btf, BtfType, Enumerator, FwdKind, HEADER_LEN, IntEncoding, KIND_FLAG,
    Kind, Linkage, MAGIC, MAX_VLEN, Member, NO_COMPONENT, Param, SectionVar, Strings, TypeId,
    VERSION,
};
use crate::Endian;
use crate::bytes::{ByteReader, EndOfBytes, part};

/// What is wrong with a `.BTF` or `.BTF.ext` section.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BtfError {
    /// The section ends before what it announces.
    #[error("the section ends in the middle of something")]
    Truncated,
    /// Not BTF at all.
    #[error("the magic number is {0:#06x} and not {MAGIC:#06x}")]
    BadMagic(u16),
    /// BTF of another version.
    #[error("the version is {0}; only {VERSION} is known")]
    BadVersion(u8),
    /// A header too short to be one, or longer than the section.
    #[error("the header says that it is {0} bytes long")]
    BadHeaderLength(u32),
    /// The string table does not start and end with NUL.
    #[error("the string table does not start and end with a NUL byte")]
    BadStringTable,
    /// A name outside the string table.
    #[error("a string at offset {offset} lies outside the string table")]
    StringOutOfRange {
        /// The offset.
        offset: u32,
    },
    /// One string is referred to again and again, as no compiler does.
    #[error("the names add up to more than any program has")]
    TooMuchText,
    /// A kind not in the documentation.
    #[error("type {id} is of unknown kind {kind}")]
    UnknownKind {
        /// The type.
        id: TypeId,
        /// Its kind.
        kind: u32,
    },
    /// More than one of signed, char and bool, or bits that mean nothing.
    #[error("integer type {id} has the encoding {encoding:#x}")]
    BadIntEncoding {
        /// The type.
        id: TypeId,
        /// Its encoding.
        encoding: u32,
    },
    /// Neither static, global nor extern.
    #[error("function or variable {id} has the linkage {linkage}")]
    BadLinkage {
        /// The function or variable.
        id: TypeId,
        /// Its linkage.
        linkage: u32,
    },
    /// A type refers to one that does not exist.
    #[error("type {id} is referred to and does not exist")]
    UnknownType {
        /// The type that is missing.
        id: TypeId,
    },
    /// `.BTF.ext` records too short for what they hold, or not whole words.
    #[error("records of {size} bytes, where at least {least} are needed")]
    BadRecordSize {
        /// Bytes in a record according to the section.
        size: u32,
        /// Bytes that are needed.
        least: u32,
    },
    /// A CO-RE relocation not in the documentation.
    #[error("unknown kind {0} of CO-RE relocation")]
    UnknownCoreRelo(u32),
}

impl From<EndOfBytes> for BtfError {
    fn from(_: EndOfBytes) -> BtfError {
        BtfError::Truncated
    }
}

type Result<T, E = BtfError> = std::result::Result<T, E>;

/// Decodes the contents of a `.BTF` section (not one that extends another, as those of kernel modules do).
pub fn read(bytes: &[u8]) -> Result<Btf> {
    read_with_strings(bytes).map(|(btf, _)| btf)
}

/// The types, and the strings for `.BTF.ext`.
pub(crate) fn read_with_strings(bytes: &[u8]) -> Result<(Btf, Strings<'_>)> {
    let endian = endian_of(bytes)?;
    let (types, strings) = parts(bytes, endian)?;
    let strings = Strings::new(strings)?;
    let mut reader = TypeReader {
        input: ByteReader::new(endian, types),
        strings: &strings,
        highest: TypeId::VOID,
    };
    let mut btf = Btf::new();
    while !reader.input.is_empty() {
        let id = TypeId(btf.len() as u32 + 1);
        let ty = reader.ty(id)?;
        btf.push(ty);
    }
    let highest = reader.highest;
    if highest.0 as usize > btf.len() {
        return Err(BtfError::UnknownType { id: highest });
    }
    Ok((btf, strings))
}

/// Byte order, from the magic number that both sections start with.
pub(crate) fn endian_of(bytes: &[u8]) -> Result<Endian> {
    let mut little = ByteReader::new(Endian::Little, bytes);
    match little.u16()? {
        MAGIC => Ok(Endian::Little),
        other if other.swap_bytes() == MAGIC => Ok(Endian::Big),
        other => Err(BtfError::BadMagic(other)),
    }
}

/// Reads the start of the header, the same in both sections, and splits what follows it from the header's other words.
pub(crate) fn split_header(
    bytes: &[u8],
    endian: Endian,
    least: u32,
) -> Result<(ByteReader<'_>, &[u8])> {
    const START: usize = 8;
    let mut start = ByteReader::new(endian, bytes);
    let _magic = start.u16()?;
    let version = start.u8()?;
    let _flags = start.u8()?;
    let header_len = start.u32()?;
    if version != VERSION {
        return Err(BtfError::BadVersion(version));
    }
    if header_len < least {
        return Err(BtfError::BadHeaderLength(header_len));
    }
    let (header, body) = bytes
        .split_at_checked(header_len as usize)
        .ok_or(BtfError::BadHeaderLength(header_len))?;
    let words = header.get(START..).ok_or(EndOfBytes)?;
    Ok((ByteReader::new(endian, words), body))
}

/// The types and the strings.
pub(super) fn parts(bytes: &[u8], endian: Endian) -> Result<(&[u8], &[u8])> {
    let (mut header, body) = split_header(bytes, endian, HEADER_LEN)?;
    let types = part(body, header.u32()?, header.u32()?)?;
    let strings = part(body, header.u32()?, header.u32()?)?;
    Ok((types, strings))
}

/// Reads one type after the other.
pub(super) struct TypeReader<'a> {
    pub(super) input: ByteReader<'a>,
    pub(super) strings: &'a Strings<'a>,
    /// The highest type number that any type refers to.
    pub(super) highest: TypeId,
}

/// The words that every type has; the name has been looked up and the third word is still to be understood.
struct Head {
    name: String,
    kind: Kind,
    kind_flag: bool,
    vlen: u32,
    size_or_type: u32,
}

impl TypeReader<'_> {
    pub(super) fn ty(&mut self, id: TypeId) -> Result<BtfType> {
        let head = self.head(id)?;
        let Head {
            kind_flag,
            vlen,
            size_or_type,
            ..
        } = head;
        let (name, size) = (head.name, size_or_type);
        Ok(match head.kind {
            Kind::Int => self.int(id, name, size)?,
            Kind::Ptr => BtfType::Ptr {
                target: self.refer(size_or_type),
            },
            Kind::Array => self.array()?,
            Kind::Struct => BtfType::Struct {
                name,
                size,
                members: self.members(vlen, kind_flag)?,
            },
            Kind::Union => BtfType::Union {
                name,
                size,
                members: self.members(vlen, kind_flag)?,
            },
            Kind::Enum => BtfType::Enum {
                name,
                size,
                signed: kind_flag,
                values: self.values32(vlen, kind_flag)?,
            },
            Kind::Fwd => BtfType::Fwd {
                name,
                kind: if kind_flag {
                    FwdKind::Union
                } else {
                    FwdKind::Struct
                },
            },
            Kind::Typedef => BtfType::Typedef {
                name,
                target: self.refer(size_or_type),
            },
            Kind::Volatile => BtfType::Volatile {
                target: self.refer(size_or_type),
            },
            Kind::Const => BtfType::Const {
                target: self.refer(size_or_type),
            },
            Kind::Restrict => BtfType::Restrict {
                target: self.refer(size_or_type),
            },
            Kind::Func => BtfType::Func {
                name,
                proto: self.refer(size_or_type),
                linkage: linkage(id, vlen)?,
            },
            Kind::FuncProto => BtfType::FuncProto {
                result: self.refer(size_or_type),
                params: self.params(vlen)?,
            },
            Kind::Var => BtfType::Var {
                name,
                ty: self.refer(size_or_type),
                linkage: linkage(id, self.word()?)?,
            },
            Kind::DataSec => BtfType::DataSec {
                name,
                size,
                vars: self.vars(vlen)?,
            },
            Kind::Float => BtfType::Float { name, size },
            Kind::DeclTag => BtfType::DeclTag {
                value: name,
                target: self.refer(size_or_type),
                component: Some(self.word()?).filter(|&index| index != NO_COMPONENT),
                attribute: kind_flag,
            },
            Kind::TypeTag => BtfType::TypeTag {
                value: name,
                target: self.refer(size_or_type),
                attribute: kind_flag,
            },
            Kind::Enum64 => BtfType::Enum64 {
                name,
                size,
                signed: kind_flag,
                values: self.values64(vlen, kind_flag)?,
            },
        })
    }

    fn head(&mut self, id: TypeId) -> Result<Head> {
        let name = self.name()?;
        let info = self.word()?;
        let kind = info >> 24 & 0x1f;
        Ok(Head {
            name,
            kind: Kind::from_number(kind).ok_or(BtfError::UnknownKind { id, kind })?,
            kind_flag: info & KIND_FLAG != 0,
            vlen: info & MAX_VLEN,
            size_or_type: self.word()?,
        })
    }

    /// `0:4 encoding:4 offset:8 0:8 bits:8`
    fn int(&mut self, id: TypeId, name: String, size: u32) -> Result<BtfType> {
        let word = self.word()?;
        let encoding = match word >> 24 {
            0 => IntEncoding::Unsigned,
            1 => IntEncoding::Signed,
            2 => IntEncoding::Char,
            4 => IntEncoding::Bool,
            encoding => return Err(BtfError::BadIntEncoding { id, encoding }),
        };
        Ok(BtfType::Int {
            name,
            size,
            encoding,
            bits: word as u8,
            offset: (word >> 16) as u8,
        })
    }

    fn array(&mut self) -> Result<BtfType> {
        Ok(BtfType::Array {
            element: self.type_id()?,
            index: self.type_id()?,
            count: self.word()?,
        })
    }

    fn members(&mut self, vlen: u32, with_width: bool) -> Result<Vec<Member>> {
        self.list(vlen, |reader| {
            let (name, ty, word) = (reader.name()?, reader.type_id()?, reader.word()?);
            let (bit_offset, bit_size) = if with_width {
                let offset_mask = (1 << BITFIELD_OFFSET_BITS) - 1;
                (word & offset_mask, (word >> BITFIELD_OFFSET_BITS) as u8)
            } else {
                (word, 0)
            };
            Ok(Member {
                name,
                ty,
                bit_offset,
                bit_size,
            })
        })
    }

    fn values32(&mut self, vlen: u32, signed: bool) -> Result<Vec<Enumerator>> {
        self.list(vlen, |reader| {
            let (name, bits) = (reader.name()?, reader.word()?);
            let value = if signed {
                i128::from(bits as i32)
            } else {
                i128::from(bits)
            };
            Ok(Enumerator { name, value })
        })
    }

    /// The low half comes first, in either byte order.
    fn values64(&mut self, vlen: u32, signed: bool) -> Result<Vec<Enumerator>> {
        self.list(vlen, |reader| {
            let (name, low, high) = (reader.name()?, reader.word()?, reader.word()?);
            let bits = u64::from(high) << 32 | u64::from(low);
            let value = if signed {
                i128::from(bits as i64)
            } else {
                i128::from(bits)
            };
            Ok(Enumerator { name, value })
        })
    }

    fn params(&mut self, vlen: u32) -> Result<Vec<Param>> {
        self.list(vlen, |reader| {
            Ok(Param {
                name: reader.name()?,
                ty: reader.type_id()?,
            })
        })
    }

    fn vars(&mut self, vlen: u32) -> Result<Vec<SectionVar>> {
        self.list(vlen, |reader| {
            Ok(SectionVar {
                ty: reader.type_id()?,
                offset: reader.word()?,
                size: reader.word()?,
            })
        })
    }

    fn list<T>(
        &mut self,
        vlen: u32,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        (0..vlen).map(|_| item(self)).collect()
    }

    fn type_id(&mut self) -> Result<TypeId> {
        let number = self.word()?;
        Ok(self.refer(number))
    }

    /// Notes that this type must exist, perhaps further on.
    fn refer(&mut self, number: u32) -> TypeId {
        self.highest = self.highest.max(TypeId(number));
        TypeId(number)
    }

    fn name(&mut self) -> Result<String> {
        let offset = self.word()?;
        self.strings.get(offset)
    }

    fn word(&mut self) -> Result<u32> {
        Ok(self.input.u32()?)
    }
}

fn linkage(id: TypeId, number: u32) -> Result<Linkage> {
    match number {
        0 => Ok(Linkage::Static),
        1 => Ok(Linkage::Global),
        2 => Ok(Linkage::Extern),
        linkage => Err(BtfError::BadLinkage { id, linkage }),
    }
}
