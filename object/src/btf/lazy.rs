//! A `.BTF` section of which few types are wanted, read one type at a time: the kernel's has more than 100,000.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::read::{TypeReader, parts};
use super::{BtfError, BtfType, Kind, MAX_VLEN, Strings, TypeId, endian_of};
use crate::Endian;
use crate::bytes::ByteReader;

/// Bytes of a type without what its kind adds.
const HEAD_LEN: u64 = 12;

/// A section with the place of each type in it.
pub(crate) struct LazyBtf<'a> {
    endian: Endian,
    types: &'a [u8],
    strings: Strings<'a>,
    /// Where the type with number `n` starts, at `n - 1`.
    starts: Vec<u32>,
    decoded: RefCell<HashMap<TypeId, Rc<BtfType>>>,
}

/// The start of a type, without what its kind adds.
pub(crate) struct Head<'a> {
    pub(crate) id: TypeId,
    pub(crate) kind: Kind,
    pub(crate) name: &'a [u8],
    /// What the third word says: a size or another type.
    pub(crate) size_or_type: u32,
    entries: ByteReader<'a>,
    vlen: u32,
}

impl<'a> LazyBtf<'a> {
    /// Finds where the types are; what is in them is checked when one is asked for.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<LazyBtf<'a>, BtfError> {
        let endian = endian_of(bytes)?;
        let (types, strings) = parts(bytes, endian)?;
        let mut starts = Vec::with_capacity(types.len() / 32);
        let mut at = 0;
        while at < types.len() as u64 {
            let id = TypeId(starts.len() as u32 + 1);
            // The section's header counts in 32 bits.
            starts.push(at as u32);
            let mut head = ByteReader::new(endian, &types[at as usize..]);
            let (_name, info) = (head.u32()?, head.u32()?);
            at += HEAD_LEN + added_len(kind(id, info)?, info & MAX_VLEN);
        }
        let (strings, decoded) = (Strings::new(strings)?, RefCell::default());
        Ok(LazyBtf {
            endian,
            types,
            strings,
            starts,
            decoded,
        })
    }

    /// The type with this number; `None` for `void`.
    pub(crate) fn get(&self, id: TypeId) -> Result<Option<Rc<BtfType>>, BtfError> {
        if id == TypeId::VOID {
            return Ok(None);
        }
        if let Some(found) = self.decoded.borrow().get(&id) {
            return Ok(Some(Rc::clone(found)));
        }
        let mut reader = TypeReader {
            input: self.at(id)?,
            strings: &self.strings,
            highest: TypeId::VOID,
        };
        let ty = Rc::new(reader.ty(id)?);
        self.decoded.borrow_mut().insert(id, Rc::clone(&ty));
        Ok(Some(ty))
    }

    /// The starts of all types.
    pub(crate) fn heads(&self) -> impl Iterator<Item = Result<Head<'_>, BtfError>> {
        (1..=self.starts.len() as u32).map(|number| self.head(TypeId(number)))
    }

    /// The start of one type.
    pub(crate) fn head(&self, id: TypeId) -> Result<Head<'_>, BtfError> {
        let mut entries = self.at(id)?;
        let (name, info, size_or_type) = (entries.u32()?, entries.u32()?, entries.u32()?);
        Ok(Head {
            id,
            kind: kind(id, info)?,
            name: self.strings.bytes_at(name)?,
            size_or_type,
            entries,
            vlen: info & MAX_VLEN,
        })
    }

    /// Whether any constant of an enum has a name for which `is_wanted` holds.
    pub(crate) fn has_constant(
        &self,
        head: &Head<'_>,
        is_wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<bool, BtfError> {
        let words = match head.kind {
            Kind::Enum => 1,
            Kind::Enum64 => 2,
            _ => return Ok(false),
        };
        let mut entries = head.entries.clone();
        for _ in 0..head.vlen {
            let name = self.strings.bytes_at(entries.u32()?)?;
            if is_wanted(name) {
                return Ok(true);
            }
            for _ in 0..words {
                entries.u32()?;
            }
        }
        Ok(false)
    }

    fn at(&self, id: TypeId) -> Result<ByteReader<'a>, BtfError> {
        let place = (id.0 as usize).checked_sub(1);
        let start = place.and_then(|place| self.starts.get(place));
        let start = *start.ok_or(BtfError::UnknownType { id })?;
        Ok(ByteReader::new(self.endian, &self.types[start as usize..]))
    }
}

fn kind(id: TypeId, info: u32) -> Result<Kind, BtfError> {
    let kind = info >> 24 & 0x1f;
    Kind::from_number(kind).ok_or(BtfError::UnknownKind { id, kind })
}

/// Bytes behind the head.
fn added_len(kind: Kind, vlen: u32) -> u64 {
    let vlen = u64::from(vlen);
    match kind {
        Kind::Int | Kind::Var | Kind::DeclTag => 4,
        Kind::Array => 12,
        Kind::Struct | Kind::Union | Kind::DataSec | Kind::Enum64 => 12 * vlen,
        Kind::Enum | Kind::FuncProto => 8 * vlen,
        Kind::Ptr
        | Kind::Fwd
        | Kind::Typedef
        | Kind::Volatile
        | Kind::Const
        | Kind::Restrict
        | Kind::Func
        | Kind::Float
        | Kind::TypeTag => 0,
    }
}
