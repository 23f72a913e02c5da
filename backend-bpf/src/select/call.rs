//! Calls and returns.

use bpfcc_ir::{Callee, Linkage, Type, Value};

use super::Selector;
use crate::abi;
use crate::error::ErrorKind;
use crate::vcode::{self, VInsn, VSrc};

impl Selector<'_> {
    pub(super) fn select_call(&mut self, callee: Callee, args: &[Value], result: Option<Value>) {
        if callee == Callee::Pointer {
            return self.fail(ErrorKind::IndirectCall);
        }
        if args.len() > abi::ARGUMENTS.len() {
            return self.fail(ErrorKind::TooManyArguments {
                callee: vcode::callee_name(callee, self.module),
                count: args.len(),
            });
        }
        let args = args.iter().map(|&arg| self.argument(callee, arg)).collect();
        let result = result.map(|value| self.vreg(value));
        self.push(VInsn::Call {
            callee,
            args,
            result,
        });
    }

    /// Host functions get 32-bit arguments zero-extended: see [`abi`].
    fn argument(&mut self, callee: Callee, arg: Value) -> VSrc {
        if self.func.ty(arg) == Type::I32 && self.is_host(callee) {
            self.extended_src(arg, false)
        } else {
            self.src(arg)
        }
    }

    fn is_host(&self, callee: Callee) -> bool {
        match callee {
            Callee::Helper(_) | Callee::Pointer => true,
            Callee::Func(func) => self.module.functions[func].is_declaration(),
        }
    }

    /// A void function that Linux may enter on its own, a program or a global function, returns 0 because the checker wants
    /// R0 to be readable at its `exit`.
    pub(super) fn select_return(&mut self, value: Option<Value>) {
        let is_entered_from_outside =
            self.func.section.is_some() || self.func.linkage != Linkage::Local;
        let value = match value {
            Some(value) => Some(self.reg(value)),
            None if is_entered_from_outside => Some(self.constant_reg(0)),
            None => None,
        };
        self.push(VInsn::Return(value));
    }

    /// Every path ends in `exit` (VERIFIER-RULES 21), also those that are never taken. One that inline assembly has left
    /// needs none, and the checker would refuse what nothing reaches.
    pub(super) fn select_unreachable(&mut self) {
        if matches!(self.last(), Some(VInsn::Asm(asm)) if !asm.falls_through) {
            return self.push(VInsn::Never);
        }
        let zero = self.constant_reg(0);
        self.push(VInsn::Return(Some(zero)));
    }
}
