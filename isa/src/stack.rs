//! How much of the stack frame some instructions use by themselves, through R10.
//!
//! ```text
//!  r2 = r10                    16 bytes: the frame's top is r10,
//!  r2 += -16                   the lowest byte that is named is r10-16
//!  *(u64 *)(r10 - 8) = r1
//! ```
//!
//! The compiler keeps its own variables below. A pointer that is moved by what only the machine knows may lead anywhere in
//! the frame; loops are not followed.

use crate::insn::{Insn, Reg, Src, Width};
use crate::table::AluOp;

/// Bytes in a frame.
pub const FRAME_BYTES: u32 = 512;

/// Bytes below R10 that the instructions use.
pub fn stack_bytes(insns: &[Insn]) -> u32 {
    let mut pointers = Pointers {
        offsets: [None; Reg::COUNT],
        lowest: 0,
    };
    pointers.offsets[Reg::R10.index()] = Some(0);
    for insn in insns {
        pointers.step(insn);
    }
    u32::try_from(-pointers.lowest)
        .unwrap_or(FRAME_BYTES)
        .min(FRAME_BYTES)
}

struct Pointers {
    /// For each register that points into the frame, where.
    offsets: [Option<i64>; Reg::COUNT],
    /// The lowest offset so far.
    lowest: i64,
}

impl Pointers {
    fn step(&mut self, insn: &Insn) {
        if let Some((base, off)) = insn.memory() {
            self.reach(self.at(base).map(|offset| offset + i64::from(off)));
        }
        if let Some(dst) = insn.written() {
            let offset = self.moved(insn, dst);
            self.offsets[dst.index()] = offset;
            self.reach(offset);
        }
    }

    fn at(&self, reg: Reg) -> Option<i64> {
        self.offsets[reg.index()]
    }

    fn reach(&mut self, offset: Option<i64>) {
        self.lowest = self.lowest.min(offset.unwrap_or(0));
    }

    /// Where the register that an instruction writes points afterwards.
    fn moved(&mut self, insn: &Insn, dst: Reg) -> Option<i64> {
        let Insn::Alu {
            width: Width::W64,
            op,
            src,
            ..
        } = *insn
        else {
            return None;
        };
        match (op, src) {
            (AluOp::Mov, Src::Reg(src)) => self.at(src),
            (AluOp::Mov, Src::Imm(_)) => None,
            (AluOp::Add, Src::Imm(imm)) => self.at(dst).map(|offset| offset + i64::from(imm)),
            (AluOp::Sub, Src::Imm(imm)) => self.at(dst).map(|offset| offset - i64::from(imm)),
            _ => {
                if self.at(dst).is_some() {
                    self.lowest = self.lowest.min(-i64::from(FRAME_BYTES));
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::stack_bytes;
    use crate::text::{Dialect, parse};

    #[test]
    fn constants_are_followed() {
        let bytes = |text| stack_bytes(&parse(Dialect::PseudoC, text).unwrap().insns);
        assert_eq!(bytes("r1 = 2; r1 += -8"), 0);
        assert_eq!(bytes("r1 = r10"), 0);
        assert_eq!(bytes("*(u32 *)(r10 - 12) = r1; r2 = *(u64 *)(r10 - 8)"), 12);
        assert_eq!(bytes("r2 = r10; r2 += -16; r3 = r2; r3 -= 4; call 1"), 20);
        assert_eq!(bytes("r2 = r10; r2 = 0; r2 += -16"), 0);
        assert_eq!(bytes("r2 = r10; r2 += r1"), 512);
        assert_eq!(bytes("r2 = r10; r2 += -100000"), 512);
    }
}
