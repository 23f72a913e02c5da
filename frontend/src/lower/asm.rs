//! Inline assembly: arguments into values, results into places.

use bpfcc_ir::{self as ir, Type, Value};
use bpfcc_isa::{Cond, Reg};

use super::function::Body;
use super::place::Located;
use super::repr::{Repr, Scalar, arithmetic_kind, repr};
use crate::tree::LabelId;
use crate::tree::asm::{Asm, AsmInput, AsmOperand};
use crate::types::{IntKind, TypeId};

impl Body<'_, '_> {
    /// All operands are evaluated, then the template runs, then its outputs are stored. That of a naked function finds the
    /// arguments where the caller left them.
    pub(super) fn asm(&mut self, asm: &Asm) {
        let mut args = Vec::new();
        let mut outputs = Vec::new();
        let mut operands = Vec::new();
        for (index, operand) in asm.operands.iter().enumerate() {
            let whole = asm.template.mentions_whole(index);
            operands.push(match operand {
                AsmOperand::Output {
                    place,
                    input,
                    reg,
                    early,
                } => {
                    let located = self.locate(place);
                    let arg = self.asm_input(&located, place.ty.ty, input, whole);
                    let (ty, reg, early) = (self.register_type(place.ty.ty), *reg, *early);
                    outputs.push((located, place.ty.ty));
                    args.extend(arg);
                    match arg {
                        Some(_) => ir::AsmOperand::InOut { ty, reg, early },
                        None => ir::AsmOperand::Output { ty, reg, early },
                    }
                }
                AsmOperand::Input { value, reg } => {
                    let word = self.word(value);
                    args.push(self.asm_word(word, value.ty, whole));
                    ir::AsmOperand::Input { reg: *reg }
                }
                AsmOperand::Way => ir::AsmOperand::Output {
                    ty: Type::I64,
                    reg: None,
                    early: false,
                },
                AsmOperand::Const(value) => {
                    args.push(self.word(value));
                    ir::AsmOperand::Const
                }
                AsmOperand::Memory(address) => {
                    let address = self.pointer(address);
                    let (base, offset) = self.operand(address);
                    args.push(base);
                    ir::AsmOperand::Memory { offset }
                }
            });
        }
        if self.function.attributes.naked {
            let regs = (1..6).filter_map(Reg::new);
            for (&param, reg) in self.builder.params().iter().zip(regs) {
                operands.push(ir::AsmOperand::Input { reg: Some(reg) });
                args.push(param);
            }
        }
        let lowered = ir::Asm {
            template: asm.template.clone(),
            operands,
            clobbers: asm.clobbers.clone(),
        };
        let values = self.builder.asm(lowered, &args);
        // The way is behind all other outputs.
        let way = values.get(outputs.len()).copied();
        for ((located, ty), value) in outputs.into_iter().zip(values) {
            let value = self.asm_result(value, ty);
            self.write(&located, value);
        }
        if let Some(way) = way {
            self.go_one_way(way, &asm.labels);
        }
        if !asm.falls_through {
            self.builder.unreachable();
        }
    }

    /// Goes on, or to one of the labels of an `asm goto`.
    fn go_one_way(&mut self, way: Value, labels: &[LabelId]) {
        for (number, &label) in (1..).zip(labels) {
            let to = self.label(label);
            let next = self.builder.new_block();
            let number = self.builder.iconst(Type::I64, number);
            self.builder.branch(Cond::Eq, [way, number], to, next);
            self.start(next);
        }
    }

    fn asm_input(
        &mut self,
        output: &Located,
        ty: TypeId,
        input: &AsmInput,
        whole: bool,
    ) -> Option<Value> {
        let (word, ty) = match input {
            AsmInput::Nothing => return None,
            AsmInput::SamePlace => (self.read(output).word(), ty),
            AsmInput::Value(value) => (self.word(value), value.ty),
        };
        Some(self.asm_word(word, ty, whole))
    }

    /// A value as the template sees it: of one that it mentions with all 64 bits, the upper half follows the type's sign.
    fn asm_word(&mut self, word: Value, ty: TypeId, whole: bool) -> Value {
        if !whole || self.builder.ty(word) != Type::I32 {
            return word;
        }
        let kind = arithmetic_kind(self.types(), ty);
        self.convert(Scalar::Word(word), kind, IntKind::Long).word()
    }

    /// What a register holds, as a value of the type: narrow ones are cut.
    fn asm_result(&mut self, value: Value, ty: TypeId) -> Scalar {
        let kind = arithmetic_kind(self.types(), ty);
        let value = Scalar::Word(value);
        if kind.bits() < 32 {
            self.convert(value, IntKind::Int, kind)
        } else {
            value
        }
    }

    fn register_type(&self, ty: TypeId) -> Type {
        match repr(self.types(), ty) {
            Repr::Word(ty) => ty,
            other => panic!("`sema` lets scalars into registers only, not {other:?}"),
        }
    }
}
