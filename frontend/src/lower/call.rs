//! Calls: of functions of the program, of the kernel's helpers by number, of the host's functions by name.

use bpfcc_ir::{Callee, Type, Value};
use bpfcc_isa::Size;

use super::function::Body;
use super::memory::{Access, Address};
use super::packet_load::packet_load;
use super::repr::Scalar;
use super::signature::{
    ArgumentPath, ResultPath, argument_path, helper_result_kind, helper_returns_nothing,
    result_path,
};
use crate::tree::{self, Expr, FuncId, Linkage};

/// A call that is ready to be made.
struct Ready {
    callee: Callee,
    args: Vec<Value>,
}

impl Body<'_, '_> {
    /// A call that gives a scalar.
    pub(super) fn call_value(
        &mut self,
        expr: &Expr,
        callee: &tree::Callee,
        args: &[Expr],
    ) -> Scalar {
        match result_path(self.types(), expr.ty) {
            ResultPath::Word(ty) => {
                let ready = self.prepare(callee, args, None);
                let value = self.call_word(ready, ty);
                self.after_call(callee);
                let value = value.unwrap_or_else(|| self.builder.iconst(ty, 0));
                if is_foreign(self.module.unit, callee) {
                    Scalar::Word(self.sanitize(value, expr))
                } else {
                    Scalar::Word(value)
                }
            }
            ResultPath::Memory => {
                let result = self.temporary(expr.ty);
                self.call_into(expr, callee, args, result);
                self.load_scalar(result, expr.ty, Access::Plain)
            }
            ResultPath::Nothing => {
                panic!("a call of a `void` function is evaluated for its effect")
            }
        }
    }

    /// A call whose struct, union or 128-bit integer is written to memory.
    pub(super) fn call_into(
        &mut self,
        expr: &Expr,
        callee: &tree::Callee,
        args: &[Expr],
        to: Address,
    ) {
        debug_assert_eq!(result_path(self.types(), expr.ty), ResultPath::Memory);
        let ready = self.prepare(callee, args, Some(to));
        self.call_nothing(ready);
        self.after_call(callee);
    }

    /// A call whose value is not needed.
    pub(super) fn call_effect(&mut self, expr: &Expr, callee: &tree::Callee, args: &[Expr]) {
        let hidden = match result_path(self.types(), expr.ty) {
            ResultPath::Memory => Some(self.temporary(expr.ty)),
            ResultPath::Word(_) | ResultPath::Nothing => None,
        };
        let ready = self.prepare(callee, args, hidden);
        self.call_nothing(ready);
        self.after_call(callee);
    }

    fn call_word(&mut self, ready: Ready, ty: Type) -> Option<Value> {
        if let Some(value) = self.instruction(&ready) {
            return Some(self.coerce(value, ty));
        }
        let result = match ready.callee {
            Callee::Helper(id) if helper_returns_nothing(id) => None,
            Callee::Helper(id) if ty.is_ptr() => Some(Type::Ptr(helper_result_kind(id))),
            Callee::Helper(_) | Callee::Pointer => Some(ty),
            Callee::Func(id) => self.module.ir.functions[id].signature.result,
        };
        match result {
            Some(result) => {
                let value = self.builder.call(ready.callee, &ready.args, result);
                Some(self.coerce(value, ty))
            }
            None => {
                self.builder.call_void(ready.callee, &ready.args);
                None
            }
        }
    }

    /// The value of a call that stands for an instruction.
    fn instruction(&mut self, ready: &Ready) -> Option<Value> {
        let Callee::Func(id) = ready.callee else {
            return None;
        };
        let text = packet_load(&self.module.ir.functions[id].name)?;
        self.load_from_packet(text, &ready.args)
    }

    fn call_nothing(&mut self, ready: Ready) {
        if self.instruction(&ready).is_some() {
            return;
        }
        let result = match ready.callee {
            Callee::Helper(_) | Callee::Pointer => None,
            Callee::Func(id) => self.module.ir.functions[id].signature.result,
        };
        match result {
            Some(result) => {
                self.builder.call(ready.callee, &ready.args, result);
            }
            None => self.builder.call_void(ready.callee, &ready.args),
        }
    }

    /// Control does not come back from a function that says so.
    fn after_call(&mut self, callee: &tree::Callee) {
        if let tree::Callee::Func(id) = callee
            && self.module.unit[*id].attributes.noreturn
        {
            self.builder.unreachable();
        }
    }

    /// Evaluates the pointer, if that is what is called, and the arguments.
    fn prepare(&mut self, callee: &tree::Callee, args: &[Expr], hidden: Option<Address>) -> Ready {
        let mut words = Vec::new();
        if let tree::Callee::Indirect(pointer) = callee {
            let pointer = self.scalar(pointer);
            words.extend(pointer.words());
        }
        if let Some(address) = hidden {
            words.push(self.address_value(address));
        }
        let linkage = match callee {
            tree::Callee::Func(id) => self.module.unit[*id].linkage,
            tree::Callee::Helper(_) | tree::Callee::Indirect(_) => Linkage::Global,
        };
        for arg in args {
            self.argument(arg, linkage, &mut words);
        }
        match callee {
            tree::Callee::Helper(id) => Ready {
                callee: Callee::Helper(*id),
                args: words,
            },
            tree::Callee::Func(id) => self.ready_for(*id, words),
            tree::Callee::Indirect(_) => Ready {
                callee: Callee::Pointer,
                args: words,
            },
        }
    }

    fn argument(&mut self, arg: &Expr, linkage: Linkage, words: &mut Vec<Value>) {
        match argument_path(self.types(), arg.ty, linkage) {
            ArgumentPath::Nothing => self.effect(arg),
            ArgumentPath::Scalar(_) => words.extend(self.scalar(arg).words()),
            ArgumentPath::Bytes(count) => self.argument_bytes(arg, count, words),
            ArgumentPath::Copy => {
                let copy = self.temporary(arg.ty);
                self.evaluate_into(arg, copy);
                words.push(self.address_value(copy));
            }
        }
    }

    /// A struct's bytes in registers; those above its size are zero.
    fn argument_bytes(&mut self, arg: &Expr, count: usize, words: &mut Vec<Value>) {
        let copy = self.word_slot("argument", count);
        let room = count as u32 * 8;
        if self.size_of(arg.ty) < room {
            self.fill(copy, 0, room);
        }
        self.evaluate_into(arg, copy);
        for index in 0..count {
            let at = copy.plus(index as i64 * 8);
            words.push(self.load_unsigned(Type::I64, Size::DW, at, Access::Plain));
        }
    }

    /// Fits arguments to what a function takes: a declaration without prototype lets a program pass anything (C11 6.5.2.2p6).
    fn ready_for(&mut self, id: FuncId, mut words: Vec<Value>) -> Ready {
        let function = &self.module.unit[id];
        let callee = self.module.function(id);
        let params = self.module.ir.functions[callee].signature.params.clone();
        let takes_more = function.body.is_none() && self.is_open_ended(id);
        if !takes_more {
            words.truncate(params.len());
        }
        let mut args = Vec::new();
        for (index, word) in words.into_iter().enumerate() {
            args.push(match params.get(index) {
                Some(&ty) => self.coerce(word, ty),
                None => word,
            });
        }
        for &ty in params.iter().skip(args.len()) {
            args.push(self.builder.iconst(ty, 0));
        }
        Ready {
            callee: Callee::Func(callee),
            args,
        }
    }

    /// Whether a function's declaration allows more arguments than it names.
    fn is_open_ended(&self, id: FuncId) -> bool {
        let ty = self.types().function_type(self.module.unit[id].ty);
        ty.is_some_and(|ty| ty.variadic || !ty.prototyped)
    }
}

/// Whether the code that is called was compiled by someone else.
fn is_foreign(unit: &tree::Unit, callee: &tree::Callee) -> bool {
    match callee {
        tree::Callee::Func(id) => unit[*id].body.is_none(),
        tree::Callee::Helper(_) | tree::Callee::Indirect(_) => true,
    }
}
