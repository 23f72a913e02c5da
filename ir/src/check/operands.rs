//! Types of operands and results, one rule per instruction.

use std::collections::BTreeSet;

use bpfcc_isa::{AluOp, AtomicOp, Size};

use super::{Checker, Rule};
use crate::asm::{Asm, AsmOperand};
use crate::entity::{Inst, Value};
use crate::function::ValueDef;
use crate::inst::{Callee, InstData};
use crate::module::Signature;
use crate::types::{PtrKind, Type};

/// What the result of an instruction must be.
enum Want {
    /// None.
    Nothing,
    /// One, of any type.
    Any,
    /// None or one, of any type.
    Free,
    /// Exactly this type.
    Exactly(Type),
    /// A type that values of this type fit.
    Above(Type),
    /// A type that fits this one.
    Below(Type),
    /// A type that fits this one, or that this one fits.
    Near(Type),
}

impl Checker<'_> {
    pub(super) fn operands(&mut self) {
        for &block in &self.func.layout {
            for &inst in &self.func.block(block).insts {
                let want = self.inst_operands(inst);
                self.result(inst, want);
            }
        }
    }

    fn result(&mut self, inst: Inst, want: Want) {
        let Some(value) = self.func.result(inst) else {
            if !matches!(want, Want::Nothing | Want::Free) {
                self.at_inst(inst, Rule::Result("the instruction has no result"));
            }
            return;
        };
        if self.func.def(value) != ValueDef::Inst(inst) {
            self.at_inst(inst, Rule::Origin(value.to_string()));
        }
        let found = self.func.ty(value);
        let (good, expected) = match want {
            Want::Nothing => {
                let rule = Rule::Result("the instruction cannot have a result");
                return self.at_inst(inst, rule);
            }
            Want::Any | Want::Free => return,
            Want::Exactly(ty) => (found == ty, ty),
            Want::Above(ty) => (ty.fits(found), ty),
            Want::Below(ty) => (found.fits(ty), ty),
            Want::Near(ty) => (found.fits(ty) || ty.fits(found), ty),
        };
        if !good {
            self.wrong_type(inst, "the result", &expected.to_string(), found);
        }
    }

    fn wrong_type(&mut self, inst: Inst, what: &'static str, expected: &str, found: Type) {
        let expected = expected.to_string();
        let rule = Rule::Type {
            what,
            expected,
            found,
        };
        self.at_inst(inst, rule);
    }

    fn operation(&mut self, inst: Inst, good: bool, what: &'static str) {
        if !good {
            self.at_inst(inst, Rule::Operation(what));
        }
    }

    fn ty(&self, value: Value) -> Type {
        self.func.ty(value)
    }

    fn integer(&mut self, inst: Inst, value: Value) {
        let found = self.ty(value);
        if found.is_ptr() {
            self.wrong_type(inst, "the operand", "an integer", found);
        }
    }

    fn pointer(&mut self, inst: Inst, value: Value) {
        self.fits(inst, "the address", value, Type::PTR);
    }

    fn exactly(&mut self, inst: Inst, value: Value, expected: Type) {
        let found = self.ty(value);
        if found != expected {
            self.wrong_type(inst, "the operand", &expected.to_string(), found);
        }
    }

    /// The two sides of a comparison.
    fn one_width(&mut self, inst: Inst, [a, b]: [Value; 2]) {
        let same = self.ty(a).width() == self.ty(b).width();
        self.operation(inst, same, "the sides of a comparison differ in width");
    }

    fn constant(&mut self, inst: Inst, value: i64, ty: Option<Type>) {
        let good = ty != Some(Type::I32) || i64::from(value as i32) == value;
        self.operation(inst, good, "an i32 constant is kept sign-extended");
    }

    fn inst_operands(&mut self, inst: Inst) -> Want {
        let func = self.func;
        let result_ty = func.result(inst).map(|value| func.ty(value));
        match func.inst(inst) {
            InstData::Const { value } => {
                self.constant(inst, *value, result_ty);
                Want::Any
            }
            InstData::Binary { op, args } => {
                let good = *op != AluOp::Mov;
                self.operation(inst, good, "`mov` is no operation of the IR");
                self.integer(inst, args[0]);
                self.exactly(inst, args[1], self.ty(args[0]));
                Want::Exactly(self.ty(args[0]))
            }
            InstData::Neg { arg } => {
                self.integer(inst, *arg);
                Want::Exactly(self.ty(*arg))
            }
            InstData::Swap { size, arg } => {
                self.integer(inst, *arg);
                let good = *size != Size::B && size.bits() <= self.ty(*arg).width().bits();
                self.operation(inst, good, "a swap of this size does not fit the value");
                Want::Exactly(self.ty(*arg))
            }
            InstData::Extend { from, arg, .. } => self.extend(inst, *from, *arg, result_ty),
            InstData::Truncate { arg } => {
                self.exactly(inst, *arg, Type::I64);
                Want::Exactly(Type::I32)
            }
            InstData::IntToPtr { arg } => {
                self.exactly(inst, *arg, Type::I64);
                Want::Below(Type::PTR)
            }
            InstData::PtrToInt { arg } => {
                self.pointer(inst, *arg);
                Want::Exactly(Type::I64)
            }
            InstData::CastSpace { arg, .. } => {
                self.pointer(inst, *arg);
                Want::Exactly(Type::PTR)
            }
            InstData::PtrAdd { base, offset } => {
                self.pointer(inst, *base);
                self.exactly(inst, *offset, Type::I64);
                Want::Above(self.ty(*base))
            }
            InstData::Compare { args, .. } => {
                self.one_width(inst, *args);
                Want::Exactly(Type::I32)
            }
            InstData::Select {
                args,
                then,
                otherwise,
                ..
            } => {
                self.one_width(inst, *args);
                if let Some(ty) = result_ty {
                    self.fits(inst, "the value", *then, ty);
                    self.fits(inst, "the value", *otherwise, ty);
                }
                Want::Any
            }
            InstData::Load {
                size, signed, base, ..
            } => {
                self.pointer(inst, *base);
                self.load(inst, *size, *signed, result_ty);
                Want::Any
            }
            InstData::Store {
                size, base, value, ..
            } => {
                self.pointer(inst, *base);
                let good = size.bytes() <= self.ty(*value).bytes();
                self.operation(inst, good, "the store is wider than its value");
                Want::Nothing
            }
            InstData::Atomic {
                op,
                size,
                base,
                value,
                expected,
                ..
            } => {
                self.pointer(inst, *base);
                self.atomic(inst, (*op, *size), *value, *expected)
            }
            InstData::SlotAddr { .. } => Want::Above(Type::Ptr(PtrKind::Stack)),
            InstData::GlobalAddr { global, .. } => {
                Want::Above(Type::Ptr(self.module.globals[*global].kind.ptr_kind()))
            }
            InstData::FuncAddr { .. } => Want::Above(Type::Ptr(PtrKind::Func)),
            InstData::Core { .. } => Want::Exactly(Type::I64),
            InstData::MemCopy {
                dst, src, align, ..
            } => {
                self.pointer(inst, dst.0);
                self.pointer(inst, src.0);
                self.operation(inst, align.is_power_of_two(), "odd alignment");
                Want::Nothing
            }
            InstData::MemSet { dst, align, .. } => {
                self.pointer(inst, dst.0);
                self.operation(inst, align.is_power_of_two(), "odd alignment");
                Want::Nothing
            }
            InstData::Call { callee, args } => self.call(inst, *callee, args),
            InstData::Asm { asm, args } => self.asm(inst, asm, args),
            InstData::AsmOutput { first, index } => {
                let outputs = match func.def_inst(*first) {
                    Some(InstData::Asm { asm, .. }) => asm.outputs().collect(),
                    _ => Vec::new(),
                };
                let ty = outputs.get(*index as usize).filter(|_| *index > 0);
                self.operation(inst, ty.is_some(), "the `asm` has no such further output");
                ty.map_or(Want::Any, |&ty| Want::Exactly(ty))
            }
            InstData::Refine { arg, other, .. } => {
                self.one_width(inst, [*arg, *other]);
                Want::Near(self.ty(*arg))
            }
            InstData::Branch { args, .. } => {
                self.one_width(inst, *args);
                Want::Nothing
            }
            InstData::Switch { arg, cases, .. } => {
                self.integer(inst, *arg);
                let mut seen = BTreeSet::new();
                for (case, _) in cases {
                    self.constant(inst, *case, Some(self.ty(*arg)));
                    if !seen.insert(*case) {
                        self.at_inst(inst, Rule::Case(*case));
                    }
                }
                Want::Nothing
            }
            InstData::Return(value) => self.return_value(inst, *value),
            InstData::Jump(_) | InstData::Unreachable => Want::Nothing,
        }
    }

    fn extend(&mut self, inst: Inst, from: Size, arg: Value, result: Option<Type>) -> Want {
        self.integer(inst, arg);
        match result {
            Some(ty) if ty.is_ptr() => self.wrong_type(inst, "the result", "an integer", ty),
            Some(ty) => {
                let widens = from.bytes() < ty.bytes();
                self.operation(inst, widens, "the result is no wider than what is extended");
                let fits = self.ty(arg).bytes() <= ty.bytes();
                self.operation(inst, fits, "the operand is wider than the result");
            }
            None => {}
        }
        Want::Any
    }

    fn load(&mut self, inst: Inst, size: Size, signed: bool, result: Option<Type>) {
        let Some(ty) = result else {
            return;
        };
        let good = size.bytes() <= ty.bytes();
        self.operation(inst, good, "the load is wider than its result");
        // `data` and `data_end` of a context are 32-bit fields that hold pointers (VERIFIER-RULES 3).
        let whole = !ty.is_ptr() || (!signed && size >= Size::W);
        self.operation(inst, whole, "a pointer is loaded as a whole");
    }

    fn atomic(
        &mut self,
        inst: Inst,
        (op, size): (AtomicOp, Size),
        value: Value,
        expected: Option<Value>,
    ) -> Want {
        let good = (op == AtomicOp::Cmpxchg) == expected.is_some();
        self.operation(inst, good, "compare-and-exchange alone expects a value");
        let ty = match size {
            Size::W => Type::I32,
            Size::DW => Type::I64,
            Size::B | Size::H => {
                self.operation(inst, false, "atomics have 32 or 64 bits");
                return Want::Free;
            }
        };
        self.exactly(inst, value, ty);
        if let Some(expected) = expected {
            self.exactly(inst, expected, ty);
        }
        Want::Exactly(ty)
    }

    fn call(&mut self, inst: Inst, callee: Callee, args: &[Value]) -> Want {
        let id = match callee {
            Callee::Func(id) => id,
            Callee::Helper(_) => {
                let fits = args.len() <= 5;
                self.operation(inst, fits, "a helper takes at most five arguments");
                return Want::Free;
            }
            Callee::Pointer => {
                let [pointer, ..] = args else {
                    self.operation(inst, false, "a call through a pointer has a pointer");
                    return Want::Free;
                };
                self.pointer(inst, *pointer);
                return Want::Free;
            }
        };
        let callee = &self.module.functions[id];
        let Signature { params, result } = &callee.signature;
        // A function of the host may take further arguments, as `printk` does.
        let takes_more = callee.is_declaration() && params.len() < args.len();
        if params.len() != args.len() && !takes_more {
            let rule = Rule::ArgCount {
                to: "the function".to_string(),
                expected: params.len(),
                found: args.len(),
            };
            self.at_inst(inst, rule);
        }
        for (&arg, &param) in args.iter().zip(params) {
            self.fits(inst, "an argument", arg, param);
        }
        result.map_or(Want::Nothing, Want::Above)
    }

    fn asm(&mut self, inst: Inst, asm: &Asm, args: &[Value]) -> Want {
        let with_arg = asm.operands.iter().filter(|operand| operand.has_arg());
        let with_arg: Vec<&AsmOperand> = with_arg.collect();
        if with_arg.len() != args.len() {
            let rule = Rule::ArgCount {
                to: "the template".to_string(),
                expected: with_arg.len(),
                found: args.len(),
            };
            self.at_inst(inst, rule);
        }
        for (operand, &arg) in with_arg.into_iter().zip(args) {
            if matches!(operand, AsmOperand::Memory { .. }) {
                self.pointer(inst, arg);
            }
        }
        let fits = asm.distinct_registers().is_some();
        self.operation(inst, fits, "the operands need more than ten registers");
        asm.outputs().next().map_or(Want::Nothing, Want::Exactly)
    }

    fn return_value(&mut self, inst: Inst, value: Option<Value>) -> Want {
        match (value, self.func.signature.result) {
            (Some(value), Some(ty)) => self.fits(inst, "the result", value, ty),
            (None, None) => {}
            (Some(_), None) => self.operation(inst, false, "the function returns nothing"),
            (None, Some(_)) => self.operation(inst, false, "the function returns a value"),
        }
        Want::Nothing
    }
}
