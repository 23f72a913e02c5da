//! Where C puts members by itself: BTF says where they are, but not which attributes brought them there.

use std::collections::HashMap;

use super::print::MAX_DEPTH;
use super::{HeaderError, Result};
use crate::btf::{BtfType, LazyBtf, Member, TypeId};

/// What C has to know about a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Shape {
    /// Alignment in bytes.
    pub(super) align: u64,
    /// Members lie where their own alignment would not let them.
    pub(super) is_packed: bool,
}

/// Sizes and shapes of types, each found once.
pub(super) struct Shapes<'a> {
    btf: &'a LazyBtf<'a>,
    records: HashMap<TypeId, Shape>,
}

/// A type stripped of all that does not change its size.
struct Object {
    id: TypeId,
    /// Bytes of one element, if it is an array.
    size: u64,
    /// Elements, one if it is no array.
    count: u64,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(btf: &'a LazyBtf<'a>) -> Shapes<'a> {
        Shapes {
            btf,
            records: HashMap::new(),
        }
    }

    /// Bytes that a value takes; nothing for what has no size.
    pub(super) fn size_of(&self, id: TypeId) -> Result<u64> {
        let object = self.object(id)?;
        object
            .size
            .checked_mul(object.count)
            .ok_or(HeaderError::TooLarge)
    }

    /// Alignment in bytes that C gives a value without being asked to.
    pub(super) fn align_of(&mut self, id: TypeId, depth: usize) -> Result<u64> {
        let object = self.object(id)?;
        let ty = self.btf.get(object.id)?;
        Ok(match ty.as_deref() {
            Some(BtfType::Struct { size, members, .. } | BtfType::Union { size, members, .. }) => {
                self.of_record(object.id, *size, members, depth)?.align
            }
            _ => object.size.clamp(1, 16).next_power_of_two(),
        })
    }

    /// The shape of a structure or union.
    pub(super) fn of_record(
        &mut self,
        id: TypeId,
        size: u32,
        members: &[Member],
        depth: usize,
    ) -> Result<Shape> {
        if let Some(&shape) = self.records.get(&id) {
            return Ok(shape);
        }
        if depth > MAX_DEPTH {
            return Err(HeaderError::TooDeep);
        }
        let mut align = 1;
        let mut fits = true;
        for member in members {
            let own = self.align_of(member.ty, depth + 1)?;
            align = align.max(own);
            fits &= self.fits(member, own)?;
        }
        let is_packed = !fits || u64::from(size) % align != 0;
        let shape = Shape {
            align: if is_packed { 1 } else { align },
            is_packed,
        };
        self.records.insert(id, shape);
        Ok(shape)
    }

    /// Whether C would put a member of this alignment at this place.
    fn fits(&self, member: &Member, align: u64) -> Result<bool> {
        let offset = u64::from(member.bit_offset);
        Ok(match u64::from(member.bit_size) {
            0 => offset % (8 * align) == 0,
            width => {
                let unit = 8 * self.size_of(member.ty)?.max(1);
                offset % unit + width <= unit
            }
        })
    }

    fn object(&self, id: TypeId) -> Result<Object> {
        let mut object = Object {
            id,
            size: 0,
            count: 1,
        };
        for _ in 0..MAX_DEPTH {
            let Some(ty) = self.btf.get(object.id)? else {
                return Ok(object);
            };
            object.size = match &*ty {
                BtfType::Typedef { target, .. }
                | BtfType::Volatile { target }
                | BtfType::Const { target }
                | BtfType::Restrict { target }
                | BtfType::TypeTag { target, .. } => {
                    object.id = *target;
                    continue;
                }
                BtfType::Array { element, count, .. } => {
                    object.id = *element;
                    let count = object.count.checked_mul(u64::from(*count));
                    object.count = count.ok_or(HeaderError::TooLarge)?;
                    continue;
                }
                BtfType::Ptr { .. } => 8,
                BtfType::Int { size, .. }
                | BtfType::Struct { size, .. }
                | BtfType::Union { size, .. }
                | BtfType::Enum { size, .. }
                | BtfType::Enum64 { size, .. }
                | BtfType::Float { size, .. } => u64::from(*size),
                _ => 0,
            };
            return Ok(object);
        }
        Err(HeaderError::TooDeep)
    }
}
