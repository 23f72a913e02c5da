//! Members whose place the running kernel knows (CO-RE, "compile once, run everywhere").
//!
//! A member of a record with `preserve_access_index`, reached through a pointer, lies where the kernel that loads the program
//! has it. The way to it from the pointer is what the loader looks up there:
//!
//! ```text
//! task->mm_info.pages[3].count      0:7:2:3:1      element 0 of what `task` points to, member 7, member 2, element 3, member 1
//! tasks[2].pid                      2:5            element 2 of what `tasks` points to, member 5
//! ```

use bpfcc_isa::CoreReloKind;

use super::{Expr, ExprKind, Place, PlaceKind};
use crate::types::{TypeId, Types};

/// A question about the running kernel's types, and the answer for the types of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoreQuery {
    /// What is asked.
    pub kind: CoreReloKind,
    /// The type it is about, or that the way starts from.
    pub root: TypeId,
    /// The way to a member, as [`CorePath::steps`]; the position of an enumerator; `[0]` for a type.
    pub steps: Vec<u64>,
    /// The answer here; 0 for the number of a type, which the object file gives it.
    pub value: i64,
}

impl CoreQuery {
    /// The way as text, `0:7:2`.
    pub fn access(&self) -> String {
        let steps: Vec<String> = self.steps.iter().map(u64::to_string).collect();
        steps.join(":")
    }
}

/// The way from a record behind a pointer to a part of it.
#[derive(Clone, Debug)]
pub struct CorePath<'a> {
    /// The record: a [`PlaceKind::Deref`], or any place if that is `Start::Anywhere`.
    pub base: &'a Place,
    /// What the record is an element from, if the way starts with its number: `tasks` in `tasks[3].pid`.
    pub array: Option<&'a Expr>,
    /// The number of the record, 0 if it stands alone, then indices of members and elements.
    pub steps: Vec<u64>,
    /// Byte offset of the part in the record; for a bit-field that of its unit.
    pub offset: u64,
}

/// Where a way may start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Start {
    /// What lies elsewhere is as the program declares it.
    BehindPointer,
    /// A question names no memory.
    Anywhere,
}

impl<'a> CorePath<'a> {
    fn start(start: Start, types: &Types, base: &'a Place) -> CorePath<'a> {
        // An answer is added to the address of the element.
        let counts = start == Start::BehindPointer;
        let element = Self::element(types, base).filter(|_| counts);
        let (array, index, size) = element.map_or((None, 0, 0), |(a, i, s)| (Some(a), i, s));
        CorePath {
            base,
            array,
            steps: vec![index],
            offset: index * size,
        }
    }

    /// The pointer, number and size if a place is `pointer[number]`. Variables have the size that the program knows.
    fn element(types: &Types, place: &'a Place) -> Option<(&'a Expr, u64, u64)> {
        let PlaceKind::Deref(pointer) = &place.kind else {
            return None;
        };
        let ExprKind::PtrOffset { ptr, index, size } = &pointer.kind else {
            return None;
        };
        let index = u64::try_from(index.as_const()?).ok()?;
        let is_variable = matches!(ptr.kind, ExprKind::AddressOf(_));
        let counts_records = types.size_of(place.ty.ty) == Some(*size);
        index.checked_mul(*size)?;
        (counts_records && !is_variable).then_some((&**ptr, index, *size))
    }

    fn step(mut self, index: u64, bytes: u64) -> CorePath<'a> {
        self.steps.push(index);
        self.offset += bytes;
        self
    }

    /// The way to a place; `None` if it is where the program says.
    pub fn to(types: &Types, place: &'a Place) -> Option<CorePath<'a>> {
        Self::from(Start::BehindPointer, types, place)
    }

    /// The way to a member that a question is about, which may be one of a variable.
    pub fn to_subject(types: &Types, place: &'a Place) -> Option<CorePath<'a>> {
        Self::from(Start::Anywhere, types, place)
    }

    fn from(start: Start, types: &Types, place: &'a Place) -> Option<CorePath<'a>> {
        match &place.kind {
            PlaceKind::Member {
                base,
                field,
                offset,
                relocated: true,
            } => Some(Self::to_base(start, types, base)?.step(field.index as u64, *offset)),
            PlaceKind::BitField {
                base,
                field,
                bits,
                relocated: true,
            } => Some(Self::to_base(start, types, base)?.step(field.index as u64, bits.offset)),
            PlaceKind::Deref(pointer) => Self::element_of_member(start, types, pointer),
            _ => None,
        }
    }

    fn to_base(start: Start, types: &Types, base: &'a Place) -> Option<CorePath<'a>> {
        let may_start = start == Start::Anywhere || matches!(base.kind, PlaceKind::Deref(_));
        let from_here = || may_start.then(|| Self::start(start, types, base));
        Self::from(start, types, base).or_else(from_here)
    }

    /// The way to what a pointer points to, if that is an element of an array with a way to it.
    pub fn to_pointee(types: &Types, pointer: &'a Expr) -> Option<CorePath<'a>> {
        Self::element_of_member(Start::BehindPointer, types, pointer)
    }

    fn element_of_member(start: Start, types: &Types, pointer: &'a Expr) -> Option<CorePath<'a>> {
        let (array, index, size) = match &pointer.kind {
            ExprKind::PtrOffset { ptr, index, size } => (&**ptr, index.as_const()?, *size),
            _ => (pointer, 0, 0),
        };
        let ExprKind::AddressOf(place) = &array.kind else {
            return None;
        };
        let index = u64::try_from(index).ok()?;
        let (element, _) = types.array_parts(place.ty)?;
        let decayed = types.pointee(array.ty)? == element;
        let path = Self::from(start, types, place).filter(|_| decayed)?;
        Some(path.step(index, index.checked_mul(size)?))
    }

    /// The type that the way starts from: the record, or the typedef that alone has a name for it.
    pub fn root(&self, types: &Types) -> TypeId {
        let ty = self.base.ty.ty;
        let tag = types
            .record_id(ty)
            .and_then(|id| types.record(id).tag.as_ref());
        match tag {
            Some(_) => types.canonical(self.base.ty).ty,
            None => ty,
        }
    }
}
