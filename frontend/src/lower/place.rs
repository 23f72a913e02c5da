//! Places: finding, reading and writing what stands left of an assignment.

use bpfcc_ir::{PtrKind, Type, Value, Variable};
use bpfcc_isa::{AluOp, CoreReloKind, Size};

use super::context::packet_pointer;
use super::function::{Body, access};
use super::locals::Storage;
use super::memory::{Access, Address, Base, common_alignment};
use super::repr::{Scalar, arithmetic_kind};
use crate::tree::core_relo::{CorePath, CoreQuery};
use crate::tree::{CastKind, Expr, ExprKind, Place, PlaceKind};
use crate::types::{BitField, FieldRef, IntKind, QualType, TypeId};

/// A place whose operands have been evaluated.
#[derive(Clone, Debug)]
pub(super) struct Located {
    at: Position,
    ty: QualType,
}

#[derive(Clone, Debug)]
enum Position {
    /// A variable in one or two registers.
    Variable(Vec<Variable>),
    /// In memory.
    Memory(Address),
    /// Bits of the record at this address.
    Bits(Address, BitField),
    /// A context field that is 32 bits wide in C and a pointer in the machine (VERIFIER-RULES 3).
    PacketPointer(Address, PtrKind),
}

impl Body<'_, '_> {
    /// Evaluates what a place depends on.
    pub(super) fn locate(&mut self, place: &Place) -> Located {
        let outer = self.enter(place.span);
        let at = self.position(place);
        self.leave(outer);
        Located { at, ty: place.ty }
    }

    fn position(&mut self, place: &Place) -> Position {
        if let Some(path) = CorePath::to(self.types(), place) {
            return self.relocated_position(place, &path);
        }
        match &place.kind {
            PlaceKind::Local(id) => self.storage(*id).into(),
            PlaceKind::Global(id) => Position::Memory(Address {
                base: Base::Global(self.module.global(*id)),
                offset: 0,
                align: self.module.unit[*id].align,
                space: self.types().address_space(self.module.unit[*id].ty),
            }),
            PlaceKind::Deref(pointer) => Position::Memory(self.pointer(pointer)),
            PlaceKind::Member {
                base,
                field,
                offset,
                ..
            } => {
                let address = self.address_of(base).plus(*offset as i64);
                self.member_position(address, *field)
            }
            PlaceKind::BitField { base, bits, .. } => Position::Bits(self.address_of(base), *bits),
            PlaceKind::CompoundLiteral { local, init } => {
                self.initialize(*local, init);
                self.storage(*local).into()
            }
            PlaceKind::Temporary { local, value } => {
                self.initialize_with(*local, value);
                self.storage(*local).into()
            }
        }
    }

    fn member_position(&self, address: Address, field: FieldRef) -> Position {
        match (address.base, packet_pointer(self.types(), field)) {
            (Base::Value(_), Some(kind)) => Position::PacketPointer(address, kind),
            _ => Position::Memory(address),
        }
    }

    /// A place that the running kernel may have elsewhere.
    fn relocated_position(&mut self, place: &Place, path: &CorePath) -> Position {
        let address = self.relocated(path);
        match &place.kind {
            PlaceKind::Member { field, .. } => self.member_position(address, *field),
            PlaceKind::BitField { bits, .. } => {
                // The loader looks up the unit, not the record.
                let bits = BitField { offset: 0, ..*bits };
                Position::Bits(address, bits)
            }
            _ => Position::Memory(address),
        }
    }

    /// The address that a way leads to. The offset is a value of its own, which selection puts into the access.
    fn relocated(&mut self, path: &CorePath) -> Address {
        let record = match path.array {
            Some(pointer) => self.pointer(pointer),
            None => self.address_of(path.base),
        };
        let relo = self.module.core_relo(&CoreQuery {
            kind: CoreReloKind::FieldByteOffset,
            root: path.root(self.types()),
            steps: path.steps.clone(),
            value: path.offset as i64,
        });
        let base = self.address_value(record);
        let offset = self.builder.core(relo);
        let member = self.builder.ptr_add(base, offset);
        let align = record.plus(path.offset as i64).align;
        self.address_at(member, align)
    }

    /// The address of a place in memory.
    pub(super) fn address_of(&mut self, place: &Place) -> Address {
        match self.locate(place).at {
            Position::Memory(address) | Position::PacketPointer(address, _) => address,
            position => panic!("{position:?} has no address"),
        }
    }

    /// The address that a pointer expression gives, its constant offset kept apart.
    pub(super) fn pointer(&mut self, expr: &Expr) -> Address {
        let outer = self.enter(expr.span);
        let address = self.pointer_inner(expr);
        self.leave(outer);
        address
    }

    fn pointer_inner(&mut self, expr: &Expr) -> Address {
        match &expr.kind {
            ExprKind::AddressOf(place) => self.address_of(place),
            ExprKind::PtrOffset { ptr, index, size } => {
                match CorePath::to_pointee(self.types(), expr) {
                    Some(path) => self.relocated(&path),
                    None => self.pointer_offset(ptr, index, *size),
                }
            }
            ExprKind::Cast {
                kind: CastKind::PtrToPtr,
                arg,
            } => {
                let address = self.pointer(arg);
                let address = self.in_space(address, self.pointee_space(expr.ty));
                self.promise_alignment(address, expr.ty)
            }
            ExprKind::Comma(first, second) => {
                self.effect(first);
                self.pointer(second)
            }
            _ => {
                let value = self.word(expr);
                let address = Address {
                    space: self.pointee_space(expr.ty),
                    ..self.address_at(value, 1)
                };
                self.promise_alignment(address, expr.ty)
            }
        }
    }

    /// A pointer's type says how its target is aligned (C11 6.3.2.3p7), except where we know better.
    fn promise_alignment(&self, address: Address, pointer: TypeId) -> Address {
        let Some(pointee) = self.types().pointee(pointer) else {
            return address;
        };
        let align = match address.base {
            Base::Value(_) => address.align.max(self.types().align_of(pointee.ty)),
            Base::Slot(_) | Base::Global(_) => address.align,
        };
        Address { align, ..address }
    }

    fn pointer_offset(&mut self, pointer: &Expr, index: &Expr, size: u64) -> Address {
        let address = self.pointer(pointer);
        if let Some(index) = index.as_const() {
            return address.plus((index as i64).wrapping_mul(size as i64));
        }
        let index = self.word(index);
        self.offset_address(address, index, size)
    }

    /// The address `index` elements of `size` bytes further on. A variable offset is added to the base in one go, at each
    /// access (VERIFIER-RULES 7 and 8).
    pub(super) fn offset_address(&mut self, address: Address, index: Value, size: u64) -> Address {
        let size = size as i64;
        if let Some(index) = self.builder.func().as_const(index) {
            return address.plus(index.wrapping_mul(size));
        }
        let bytes = self.times(index, size);
        let base = self.base_value(address.base);
        let sum = self.builder.ptr_add(base, bytes);
        Address {
            base: Base::Value(sum),
            align: common_alignment(address.align, size),
            ..address
        }
    }

    fn times(&mut self, value: Value, factor: i64) -> Value {
        if factor == 1 {
            return value;
        }
        let factor = self.builder.iconst(Type::I64, factor);
        self.builder.binary(AluOp::Mul, value, factor)
    }

    /// What stands in a place.
    pub(super) fn read(&mut self, place: &Located) -> Scalar {
        match &place.at {
            Position::Variable(words) => self.use_storage(words),
            Position::Memory(address) => self.load_scalar(*address, place.ty.ty, place.access()),
            Position::Bits(address, bits) => {
                self.read_bits(*address, *bits, self.kind_of(place), place.access())
            }
            Position::PacketPointer(address, kind) => {
                let ty = Type::Ptr(*kind);
                let pointer = self.load_unsigned(ty, Size::W, *address, place.access());
                let bits = self.builder.ptr_to_int(pointer);
                Scalar::Word(self.builder.truncate(bits))
            }
        }
    }

    /// Puts a scalar into a place.
    pub(super) fn write(&mut self, place: &Located, value: Scalar) {
        match &place.at {
            Position::Variable(words) => {
                for (&variable, word) in words.iter().zip(value.words()) {
                    self.builder.def_var(variable, word);
                }
            }
            Position::Memory(address) | Position::PacketPointer(address, _) => {
                self.store_scalar(*address, place.ty.ty, value, place.access());
            }
            Position::Bits(address, bits) => {
                self.write_bits(*address, *bits, value, place.access());
            }
        }
    }

    /// What a place holds after `value` was written to it: a bit-field may have cut it.
    pub(super) fn kept(&mut self, place: &Located, value: Scalar) -> Scalar {
        match place.at {
            Position::Bits(_, bits) => self.cut_to_bits(value, bits.width, self.kind_of(place)),
            Position::Variable(_) | Position::Memory(_) | Position::PacketPointer(..) => value,
        }
    }

    fn kind_of(&self, place: &Located) -> IntKind {
        arithmetic_kind(self.types(), place.ty.ty)
    }
}

impl Located {
    fn access(&self) -> Access {
        access(self.ty.quals.is_volatile)
    }
}

impl From<Storage> for Position {
    fn from(storage: Storage) -> Position {
        match storage {
            Storage::Word(variable) => Position::Variable(vec![variable]),
            Storage::Pair(lo, hi) => Position::Variable(vec![lo, hi]),
            Storage::Memory(address) => Position::Memory(address),
        }
    }
}
