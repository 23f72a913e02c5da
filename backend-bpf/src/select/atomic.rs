//! Atomic operations. The form that does not return the old value is older and is taken where nobody asks for the value:
//! `lock +=` runs on every kernel, `atomic_fetch_add` only from Linux 5.12.

use bpfcc_ir::{Inst, InstData};
use bpfcc_isa::AtomicOp;

use super::Selector;
use crate::error::ErrorKind;
use crate::vcode::VInsn;

impl Selector<'_> {
    pub(super) fn select_atomic(&mut self, inst: Inst) {
        let func = self.func;
        let InstData::Atomic {
            op,
            size,
            base,
            offset,
            value,
            expected,
        } = *func.inst(inst)
        else {
            panic!("{inst} is not atomic");
        };
        let result = func.result(inst).filter(|&result| self.uses[result] > 0);
        let always_fetches = matches!(op, AtomicOp::Xchg | AtomicOp::Cmpxchg);
        let fetches = always_fetches || result.is_some();
        if !self.cpu.has_atomic_fetch() && (fetches || op != AtomicOp::Add) {
            let prefix = if fetches && !always_fetches {
                "fetch_"
            } else {
                ""
            };
            return self.fail(ErrorKind::AtomicNeedsV3 {
                operation: format!("{prefix}{}", op.name()),
                cpu: self.cpu,
            });
        }
        let src = self.reg(value);
        let mem = self.mem((base, offset));
        if !fetches {
            return self.push(VInsn::Atomic { size, op, mem, src });
        }
        let (dst, _) = self.result(inst);
        let expected = expected.map(|expected| self.reg(expected));
        self.push(match expected {
            Some(expected) => VInsn::CompareExchange {
                size,
                dst,
                mem,
                expected,
                src,
            },
            None => VInsn::AtomicFetch {
                size,
                op,
                dst,
                mem,
                src,
            },
        });
    }
}
