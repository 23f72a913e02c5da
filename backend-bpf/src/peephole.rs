//! Local clean-up: moves of a register to itself, which coalescing leaves behind. Inline assembly stays as it was written.

use bpfcc_isa::{AluOp, Insn, Src, Width};

use crate::emit::Block;

/// Removes instructions that change nothing. `w1 = w1` stays: it zeroes the upper half.
pub(crate) fn clean(blocks: &mut [Block]) {
    for block in blocks {
        let insns = &mut block.insns;
        insns.retain(|emitted| emitted.is_verbatim || !is_self_move(&emitted.insn));
    }
}

fn is_self_move(insn: &Insn) -> bool {
    matches!(
        insn,
        Insn::Alu { width: Width::W64, op: AluOp::Mov, dst, src: Src::Reg(src) } if dst == src
    )
}
