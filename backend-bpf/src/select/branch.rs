//! Jumps and comparisons.

use bpfcc_ir::{BlockCall, Value};
use bpfcc_isa::{Cond, Width};

use super::Selector;
use crate::vcode::{BlockId, VInsn, VReg, VSrc};

impl Selector<'_> {
    pub(super) fn select_jump(&mut self, to: &BlockCall) {
        let args = to.args.iter().map(|&arg| self.reg(arg)).collect();
        let to = self.block_id(to.block);
        self.push(VInsn::Jump { to, args });
    }

    pub(super) fn select_branch(
        &mut self,
        cond: Cond,
        args: [Value; 2],
        then: &BlockCall,
        otherwise: &BlockCall,
    ) {
        let (cond, [lhs, rhs]) = self.constant_on_the_right(cond, args);
        let (width, mut lhs, mut rhs) = self.compared(cond, lhs, rhs);
        let mut cond = cond;
        let mut targets = self.edge_blocks(then, otherwise);
        if !self.cpu.has_jump(cond) {
            match rhs {
                VSrc::Reg(reg) => (cond, lhs, rhs) = (cond.swapped(), reg, VSrc::Reg(lhs)),
                VSrc::Imm(_) => {
                    cond = cond.inverse().unwrap_or(cond);
                    targets.reverse();
                }
            }
        }
        let [then_block, otherwise_block] = targets;
        self.push(VInsn::Branch {
            width,
            cond,
            lhs,
            rhs,
            then: then_block,
            otherwise: otherwise_block,
        });
        self.fill_edge_blocks([then, otherwise]);
    }

    fn constant_on_the_right(&self, cond: Cond, [lhs, rhs]: [Value; 2]) -> (Cond, [Value; 2]) {
        match (self.immediate(lhs), self.immediate(rhs)) {
            (Some(_), None) => (cond.swapped(), [rhs, lhs]),
            _ => (cond, [lhs, rhs]),
        }
    }

    /// What to compare, and at which width. Before v3 there is only the 64-bit comparison, so 32-bit operands are widened.
    fn compared(&mut self, cond: Cond, lhs: Value, rhs: Value) -> (Width, VReg, VSrc) {
        if !self.is_emulated(self.func.ty(lhs)) {
            let width = self.width(lhs);
            return (width, self.reg(lhs), self.src(rhs));
        }
        let signed = self.is_compared_signed(cond, lhs, rhs);
        let lhs_reg = match (cond, self.immediate(rhs)) {
            (Cond::Set, Some(mask)) if mask >= 0 => self.reg(lhs),
            _ => self.extended(lhs, signed),
        };
        let rhs = match cond {
            Cond::Set => self.src(rhs),
            _ => self.extended_src(rhs, signed),
        };
        (Width::W64, lhs_reg, rhs)
    }

    /// Whether to widen 32-bit operands by sign. Equality does not care, as long as both sides are widened alike.
    fn is_compared_signed(&self, cond: Cond, lhs: Value, rhs: Value) -> bool {
        match cond {
            Cond::Sgt | Cond::Sge | Cond::Slt | Cond::Sle => true,
            Cond::Gt | Cond::Ge | Cond::Lt | Cond::Le | Cond::Set => false,
            Cond::Eq | Cond::Ne => match self.immediate(rhs) {
                Some(constant) if constant < 0 => true,
                _ => [lhs, rhs]
                    .iter()
                    .all(|&v| self.upper[v].sign && !self.upper[v].zero),
            },
        }
    }

    /// Where the branch at the end of the current block goes: to the destinations, or to the blocks planned for the edges.
    fn edge_blocks(&self, then: &BlockCall, otherwise: &BlockCall) -> [BlockId; 2] {
        let mut next_edge = self.current.0 + 1;
        [then, otherwise].map(|edge| {
            if self.needs_edge_block(edge) {
                next_edge += 1;
                BlockId(next_edge - 1)
            } else {
                self.block_id(edge.block)
            }
        })
    }

    fn fill_edge_blocks(&mut self, edges: [&BlockCall; 2]) {
        for edge in edges {
            if self.needs_edge_block(edge) {
                self.current.0 += 1;
                self.select_jump(edge);
            }
        }
    }
}
