//! Atomic operations.
//!
//! BPF's are sequentially consistent and work on 4 and 8 bytes (RFC 9669 §5.3), so memory orders need no distinction. What it
//! lacks is built from what it has: subtraction is the addition of the negative; a store is an exchange, since a plain
//! store would not be ordered; a load is a plain load, which on its own address is never torn.

use bpfcc_ir::{BlockCall, Type, Value};
use bpfcc_isa::{AluOp, AtomicOp, Cond, Size};

use super::function::Body;
use super::memory::{Access, Address};
use super::repr::{Repr, repr};
use crate::tree::{AtomicResult, AtomicRmw, Expr};
use crate::types::TypeId;

/// The object of an atomic operation.
struct Target {
    address: Address,
    size: Size,
    /// C type of the object.
    ty: TypeId,
}

impl Target {
    /// Register type of the operation.
    fn word(&self) -> Type {
        if self.size == Size::DW {
            Type::I64
        } else {
            Type::I32
        }
    }
}

impl Body<'_, '_> {
    /// Read, modify, write; gives the old or the new value.
    pub(super) fn atomic_value(
        &mut self,
        op: AtomicRmw,
        result: AtomicResult,
        args: &[Expr],
    ) -> Value {
        let (target, old, operand) = self.atomic_update(op, args);
        let value = match result {
            AtomicResult::Old => old,
            AtomicResult::New => self.updated(op, old, operand),
        };
        self.as_c_value(&target, value)
    }

    /// Read, modify, write.
    pub(super) fn atomic_effect(&mut self, op: AtomicRmw, args: &[Expr]) {
        self.atomic_update(op, args);
    }

    fn atomic_update(&mut self, op: AtomicRmw, args: &[Expr]) -> (Target, Value, Value) {
        let target = self.atomic_target(&args[0]);
        let operand = self.atomic_operand(&target, &args[1]);
        let (op, value) = match op {
            AtomicRmw::Add => (AtomicOp::Add, operand),
            AtomicRmw::Sub => (AtomicOp::Add, self.builder.neg(operand)),
            AtomicRmw::And => (AtomicOp::And, operand),
            AtomicRmw::Or => (AtomicOp::Or, operand),
            AtomicRmw::Xor => (AtomicOp::Xor, operand),
            AtomicRmw::Exchange => (AtomicOp::Xchg, operand),
        };
        let (base, offset) = self.operand(target.address);
        let old = self.builder.atomic(op, target.size, base, offset, value);
        (target, old, operand)
    }

    /// The value after an operation.
    fn updated(&mut self, op: AtomicRmw, old: Value, operand: Value) -> Value {
        let op = match op {
            AtomicRmw::Add => AluOp::Add,
            AtomicRmw::Sub => AluOp::Sub,
            AtomicRmw::And => AluOp::And,
            AtomicRmw::Or => AluOp::Or,
            AtomicRmw::Xor => AluOp::Xor,
            AtomicRmw::Exchange => return operand,
        };
        self.builder.binary(op, old, operand)
    }

    /// Compare and exchange; gives the old value.
    pub(super) fn compare_exchange(&mut self, args: &[Expr]) -> Value {
        let target = self.atomic_target(&args[0]);
        let expected = self.atomic_operand(&target, &args[1]);
        let new = self.atomic_operand(&target, &args[2]);
        let old = self.exchange_if(&target, expected, new);
        self.as_c_value(&target, old)
    }

    /// Compare and exchange; gives whether it succeeded, and if not, stores the old value where the expected one was.
    pub(super) fn compare_exchange_at(&mut self, args: &[Expr]) -> Value {
        let target = self.atomic_target(&args[0]);
        let at = self.pointer(&args[1]);
        let new = self.atomic_operand(&target, &args[2]);
        let word = target.word();
        let expected = self.load_unsigned(word, target.size, at, Access::Plain);
        let old = self.exchange_if(&target, expected, new);
        let [failed, done] = [(); 2].map(|()| self.builder.new_block());
        let success = self.builder.append_param(done, Type::I32);
        let yes = self.builder.iconst(Type::I32, 1);
        let succeeded = BlockCall::new(done, [yes]);
        self.builder
            .branch(Cond::Eq, [old, expected], succeeded, failed);
        self.start(failed);
        self.store_word(target.size, at, old, Access::Plain);
        let no = self.builder.iconst(Type::I32, 0);
        self.builder.jump(BlockCall::new(done, [no]));
        self.start(done);
        success
    }

    fn exchange_if(&mut self, target: &Target, expected: Value, new: Value) -> Value {
        let (base, offset) = self.operand(target.address);
        self.builder
            .compare_exchange(target.size, base, offset, expected, new)
    }

    /// An atomic load.
    pub(super) fn atomic_load(&mut self, args: &[Expr]) -> Value {
        let address = self.pointer(&args[0]);
        let ty = self.pointee(&args[0]);
        self.load_scalar(address, ty, Access::Volatile).word()
    }

    /// An atomic store; gives the value stored. What is too small for an exchange is stored between barriers.
    pub(super) fn atomic_store(&mut self, args: &[Expr]) -> Value {
        let ty = self.pointee(&args[0]);
        if self.scalar_size(ty) >= Size::W {
            let (_, _, value) = self.atomic_update(AtomicRmw::Exchange, args);
            return value;
        }
        let value = self.scalar(&args[1]);
        let address = self.pointer(&args[0]);
        self.fence();
        self.store_scalar(address, ty, value, Access::Volatile);
        self.fence();
        value.word()
    }

    /// A full barrier: an atomic operation that gives a value orders everything before it against everything after it, on
    /// whatever memory it works.
    pub(super) fn fence(&mut self) {
        let scratch = self.new_slot("fence", 8, 8);
        let zero = self.builder.iconst(Type::I64, 0);
        self.store_word(Size::DW, scratch, zero, Access::Plain);
        let (base, offset) = self.operand(scratch);
        self.builder
            .atomic(AtomicOp::Xchg, Size::DW, base, offset, zero);
    }

    fn atomic_target(&mut self, pointer: &Expr) -> Target {
        let address = self.pointer(pointer);
        let ty = self.pointee(pointer);
        // `sema` accepts objects of 4 and 8 bytes only.
        let size = self.scalar_size(ty);
        Target { address, size, ty }
    }

    /// An operand in the operation's register type.
    fn atomic_operand(&mut self, target: &Target, arg: &Expr) -> Value {
        let value = self.word(arg);
        self.coerce(value, target.word())
    }

    /// An operation's result as a value of the object's C type.
    fn as_c_value(&mut self, target: &Target, value: Value) -> Value {
        match repr(self.types(), target.ty) {
            Repr::Word(ty) => self.coerce(value, ty),
            Repr::Nothing | Repr::Pair | Repr::Memory => value,
        }
    }

    fn pointee(&self, pointer: &Expr) -> TypeId {
        match self.types().pointee(pointer.ty) {
            Some(pointee) => pointee.ty,
            None => panic!("`sema` gives atomic operations a pointer"),
        }
    }
}
