//! [`Btf`] → bytes.

use super::{
    BITFIELD_OFFSET_BITS, Btf, BtfType, Enumerator, FwdKind, HEADER_LEN, IntEncoding, KIND_FLAG,
    Linkage, MAGIC, MAX_VLEN, Member, NO_COMPONENT, StringTable, TypeId, VERSION,
};
use crate::Endian;
use crate::bytes::ByteWriter;

/// Why a graph of types, or what refers to it, has no encoding.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BtfWriteError {
    /// More entries than the 16 bits of `vlen` count.
    #[error("type `{name}` has {count} entries; BTF counts up to {MAX_VLEN}")]
    TooManyEntries {
        /// The type's name.
        name: String,
        /// How many it has.
        count: usize,
    },
    /// A member too far into a struct that has bit-fields.
    #[error(
        "member `{member}` lies {bit_offset} bits into a struct with bit-fields; BTF has 24 bits to say so"
    )]
    MemberOffset {
        /// The member's name.
        member: String,
        /// Its offset.
        bit_offset: u32,
    },
    /// An enumerator that needs more bits, or a sign.
    #[error("enumerator `{name}` = {value} does not fit its enum of {bits} bits")]
    EnumeratorRange {
        /// The enumerator's name.
        name: String,
        /// Its value.
        value: i128,
        /// 32 or 64.
        bits: u32,
    },
    /// Strings end at the first NUL.
    #[error("name {0:?} contains a NUL character")]
    NulInString(String),
    /// Offsets are 32 bits wide.
    #[error("types and strings take more than 4 GiB")]
    TooLarge,
}

/// The contents of a `.BTF` section.
pub fn write(btf: &Btf, endian: Endian) -> Result<Vec<u8>, BtfWriteError> {
    let mut strings = StringTable::new();
    let types = write_types(btf, endian, &mut strings)?;
    assemble(&types, &strings, endian)
}

/// Header, types and strings in one piece.
pub(crate) fn assemble(
    types: &[u8],
    strings: &StringTable,
    endian: Endian,
) -> Result<Vec<u8>, BtfWriteError> {
    let strings = strings.as_bytes();
    let types_len = u32::try_from(types.len()).map_err(|_| BtfWriteError::TooLarge)?;
    let strings_len = u32::try_from(strings.len()).map_err(|_| BtfWriteError::TooLarge)?;

    let mut out = ByteWriter::new(endian);
    out.u16(MAGIC);
    out.u8(VERSION);
    out.u8(0);
    out.u32(HEADER_LEN);
    // Offsets count from the end of the header.
    out.u32(0);
    out.u32(types_len);
    out.u32(types_len);
    out.u32(strings_len);
    out.raw(types);
    out.raw(strings);
    Ok(out.into_bytes())
}

/// The part between header and strings; names enter `strings`.
pub(crate) fn write_types(
    btf: &Btf,
    endian: Endian,
    strings: &mut StringTable,
) -> Result<Vec<u8>, BtfWriteError> {
    let mut writer = TypeWriter {
        out: ByteWriter::new(endian),
        strings,
    };
    for (_, ty) in btf.iter() {
        writer.ty(ty)?;
    }
    Ok(writer.out.into_bytes())
}

struct TypeWriter<'a> {
    out: ByteWriter,
    strings: &'a mut StringTable,
}

type Result<T, E = BtfWriteError> = std::result::Result<T, E>;

impl TypeWriter<'_> {
    /// One type. The third word is a size, a type, or nothing, as the kind demands.
    fn ty(&mut self, ty: &BtfType) -> Result<()> {
        match ty {
            BtfType::Int { size, .. } | BtfType::Float { size, .. } => {
                self.head(ty, 0, false, *size)?
            }
            BtfType::Ptr { target }
            | BtfType::Typedef { target, .. }
            | BtfType::Volatile { target }
            | BtfType::Const { target }
            | BtfType::Restrict { target } => self.head(ty, 0, false, target.0)?,
            BtfType::Array { .. } => self.head(ty, 0, false, 0)?,
            BtfType::Struct { size, members, .. } | BtfType::Union { size, members, .. } => {
                self.head(ty, members.len(), has_bitfields(members), *size)?
            }
            BtfType::Enum {
                size,
                signed,
                values,
                ..
            }
            | BtfType::Enum64 {
                size,
                signed,
                values,
                ..
            } => self.head(ty, values.len(), *signed, *size)?,
            BtfType::Fwd { kind, .. } => self.head(ty, 0, *kind == FwdKind::Union, 0)?,
            BtfType::Func { proto, linkage, .. } => {
                self.head(ty, linkage_number(*linkage) as usize, false, proto.0)?
            }
            BtfType::FuncProto { result, params } => {
                self.head(ty, params.len(), false, result.0)?
            }
            BtfType::Var { ty: of, .. } => self.head(ty, 0, false, of.0)?,
            BtfType::DataSec { size, vars, .. } => self.head(ty, vars.len(), false, *size)?,
            BtfType::DeclTag {
                target, attribute, ..
            }
            | BtfType::TypeTag {
                target, attribute, ..
            } => self.head(ty, 0, *attribute, target.0)?,
        }
        self.tail(ty)
    }

    /// The three words that every type has.
    fn head(
        &mut self,
        ty: &BtfType,
        vlen: usize,
        kind_flag: bool,
        size_or_type: u32,
    ) -> Result<()> {
        let vlen = u32::try_from(vlen)
            .ok()
            .filter(|&vlen| vlen <= MAX_VLEN)
            .ok_or_else(|| BtfWriteError::TooManyEntries {
                name: ty.name().to_owned(),
                count: vlen,
            })?;
        let kind_flag = if kind_flag { KIND_FLAG } else { 0 };
        self.name(ty.name())?;
        self.out.u32(kind_flag | (ty.kind() as u32) << 24 | vlen);
        self.out.u32(size_or_type);
        Ok(())
    }

    /// What the kind adds to the three words.
    fn tail(&mut self, ty: &BtfType) -> Result<()> {
        match ty {
            BtfType::Int {
                encoding,
                bits,
                offset,
                ..
            } => self.int(*encoding, *bits, *offset),
            BtfType::Array {
                element,
                index,
                count,
            } => {
                self.words(&[element.0, index.0, *count]);
            }
            BtfType::Struct { members, .. } | BtfType::Union { members, .. } => {
                self.members(members)?
            }
            BtfType::Enum { signed, values, .. } => self.values32(*signed, values)?,
            BtfType::Enum64 { signed, values, .. } => self.values64(*signed, values)?,
            BtfType::FuncProto { params, .. } => {
                for param in params {
                    self.named_type(&param.name, param.ty)?;
                }
            }
            BtfType::Var { linkage, .. } => self.out.u32(linkage_number(*linkage)),
            BtfType::DataSec { vars, .. } => {
                for var in vars {
                    self.words(&[var.ty.0, var.offset, var.size]);
                }
            }
            BtfType::DeclTag { component, .. } => self.out.u32(component.unwrap_or(NO_COMPONENT)),
            BtfType::Ptr { .. }
            | BtfType::Fwd { .. }
            | BtfType::Typedef { .. }
            | BtfType::Volatile { .. }
            | BtfType::Const { .. }
            | BtfType::Restrict { .. }
            | BtfType::Func { .. }
            | BtfType::Float { .. }
            | BtfType::TypeTag { .. } => {}
        }
        Ok(())
    }

    /// `0:4 encoding:4 offset:8 0:8 bits:8`
    fn int(&mut self, encoding: IntEncoding, bits: u8, offset: u8) {
        let encoding = match encoding {
            IntEncoding::Unsigned => 0,
            IntEncoding::Signed => 1,
            IntEncoding::Char => 2,
            IntEncoding::Bool => 4,
        };
        self.out
            .u32(encoding << 24 | u32::from(offset) << 16 | u32::from(bits));
    }

    /// In a struct with bit-fields, each offset shares its word with a width.
    fn members(&mut self, members: &[Member]) -> Result<()> {
        let with_width = has_bitfields(members);
        for member in members {
            self.named_type(&member.name, member.ty)?;
            self.out.u32(if with_width {
                offset_and_width(member)?
            } else {
                member.bit_offset
            });
        }
        Ok(())
    }

    fn values32(&mut self, signed: bool, values: &[Enumerator]) -> Result<()> {
        for value in values {
            let bits = enumerator_bits(value, signed, 32)?;
            self.name(&value.name)?;
            self.out.u32(bits as u32);
        }
        Ok(())
    }

    /// The low half comes first, in either byte order.
    fn values64(&mut self, signed: bool, values: &[Enumerator]) -> Result<()> {
        for value in values {
            let bits = enumerator_bits(value, signed, 64)?;
            self.name(&value.name)?;
            self.words(&[bits as u32, (bits >> 32) as u32]);
        }
        Ok(())
    }

    fn named_type(&mut self, name: &str, ty: TypeId) -> Result<()> {
        self.name(name)?;
        self.out.u32(ty.0);
        Ok(())
    }

    fn name(&mut self, name: &str) -> Result<()> {
        let offset = self.strings.intern(name)?;
        self.out.u32(offset);
        Ok(())
    }

    fn words(&mut self, words: &[u32]) {
        for &word in words {
            self.out.u32(word);
        }
    }
}

fn has_bitfields(members: &[Member]) -> bool {
    members.iter().any(|member| member.bit_size != 0)
}

/// `width:8 offset:24`
fn offset_and_width(member: &Member) -> Result<u32> {
    if member.bit_offset >> BITFIELD_OFFSET_BITS != 0 {
        return Err(BtfWriteError::MemberOffset {
            member: member.name.clone(),
            bit_offset: member.bit_offset,
        });
    }
    Ok(u32::from(member.bit_size) << BITFIELD_OFFSET_BITS | member.bit_offset)
}

/// The value in two's complement, in the low `bits` of the result.
fn enumerator_bits(enumerator: &Enumerator, signed: bool, bits: u32) -> Result<u64> {
    let range = if signed {
        -(1i128 << (bits - 1))..1 << (bits - 1)
    } else {
        0..1 << bits
    };
    if !range.contains(&enumerator.value) {
        return Err(BtfWriteError::EnumeratorRange {
            name: enumerator.name.clone(),
            value: enumerator.value,
            bits,
        });
    }
    Ok(enumerator.value as u64)
}

fn linkage_number(linkage: Linkage) -> u32 {
    match linkage {
        Linkage::Static => 0,
        Linkage::Global => 1,
        Linkage::Extern => 2,
    }
}
