//! Atomic read-modify-write. The machine has an instruction for each, but for those that return the old value of or, and, xor.

use bpfcc_isa::{AtomicOp, Size, Width};

use super::asm::{Arith, Asm, Flag, Gpr, Mem};

/// `[mem] = [mem] op src`; with `fetch` the old value goes to `src`, or to R0 for compare-and-exchange.
pub(super) fn atomic(asm: &mut Asm, width: Width, op: AtomicOp, fetch: bool, mem: Mem, src: Gpr) {
    let arith = match op {
        AtomicOp::Xchg => return asm.xchg(width, mem, src),
        AtomicOp::Cmpxchg => return compare_exchange(asm, width, mem, src),
        AtomicOp::Add if fetch => return asm.lock_xadd(width, mem, src),
        AtomicOp::Add => Arith::Add,
        AtomicOp::Or => Arith::Or,
        AtomicOp::And => Arith::And,
        AtomicOp::Xor => Arith::Xor,
    };
    if fetch {
        fetch_by_loop(asm, arith, width, mem, src);
    } else {
        asm.lock_arith(arith, width, mem, src);
    }
}

fn compare_exchange(asm: &mut Asm, width: Width, mem: Mem, src: Gpr) {
    asm.lock_cmpxchg(width, mem, src);
    // When the values are equal the machine leaves rax alone, and with it the upper half.
    if width == Width::W32 {
        asm.mov(Width::W32, Gpr::RAX, Gpr::RAX);
    }
}

/// Or, and, xor with the old value: read, compute, and try again if somebody else was faster.
fn fetch_by_loop(asm: &mut Asm, op: Arith, width: Width, mem: Mem, src: Gpr) {
    let again = asm.label();
    let size = match width {
        Width::W32 => Size::W,
        Width::W64 => Size::DW,
    };
    // cmpxchg wants the old value in rax, so R0 moves out of the way, as base and as operand.
    let elsewhere = |reg: Gpr| if reg == Gpr::RAX { Gpr::R10 } else { reg };
    let mem = Mem {
        base: elsewhere(mem.base),
        ..mem
    };
    asm.mov(Width::W64, Gpr::R10, Gpr::RAX);
    asm.load_zx(size, Gpr::RAX, mem);
    asm.bind(again);
    asm.mov(width, Gpr::R11, Gpr::RAX);
    asm.arith(op, width, Gpr::R11, elsewhere(src));
    asm.lock_cmpxchg(width, mem, Gpr::R11);
    asm.jump_if(Flag::NotEqual, again);
    if src != Gpr::RAX {
        asm.mov(width, src, Gpr::RAX);
        asm.mov(Width::W64, Gpr::RAX, Gpr::R10);
    }
}
