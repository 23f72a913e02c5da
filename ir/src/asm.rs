//! Inline assembly as an instruction: a template, what its operands are, and what it overwrites.
//!
//! ```text
//! v3: i64 = asm "%[0] += %[2]; %[1] = %[3]" [inout i64 v1, early out i64, in v2, const v0], [r0]
//! v4: i64 = asm_output v3, 1
//! ```
//!
//! The instruction's result is its first output; [`AsmOutput`](crate::InstData::AsmOutput) gives the others. Every `asm`
//! may read and write whatever memory has an address that left home, and stays where it is.

use bpfcc_isa::Reg;
use bpfcc_isa::template::{Template, distinct_registers};

use crate::types::Type;

/// The constant part of an [`Asm`](crate::InstData::Asm) instruction.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Asm {
    /// The text.
    pub template: Template,
    /// What stands in the places of the template, by number.
    pub operands: Vec<AsmOperand>,
    /// Registers that are overwritten beside the outputs.
    pub clobbers: Vec<Reg>,
}

/// An operand of [`Asm`]. All but outputs take an argument of the instruction, in order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AsmOperand {
    /// `out T`, `early out T`: a register that is written.
    Output {
        /// Type of the value it then holds.
        ty: Type,
        /// The register, if it must be a certain one.
        reg: Option<Reg>,
        /// Written before all inputs are read.
        early: bool,
    },
    /// `inout T v1`: a register that is read and written.
    InOut {
        /// Type of the value that it holds afterwards.
        ty: Type,
        /// The register, if it must be a certain one.
        reg: Option<Reg>,
        /// Written before all inputs are read.
        early: bool,
    },
    /// `in v1`, `in r2 v1`: a register that is read.
    Input {
        /// The register, if it must be a certain one.
        reg: Option<Reg>,
    },
    /// `const v1`: a number or the address of a symbol, written out in the text.
    Const,
    /// `mem v1+8`: memory.
    Memory {
        /// Bytes from the argument.
        offset: i32,
    },
}

impl AsmOperand {
    /// Whether an argument of the instruction belongs to it.
    pub fn has_arg(&self) -> bool {
        !matches!(self, AsmOperand::Output { .. })
    }

    /// The type of the value it gives, if it gives one.
    pub fn output(&self) -> Option<Type> {
        match *self {
            AsmOperand::Output { ty, .. } | AsmOperand::InOut { ty, .. } => Some(ty),
            AsmOperand::Input { .. } | AsmOperand::Const | AsmOperand::Memory { .. } => None,
        }
    }

    /// The register it must be in, if it must.
    pub fn reg(&self) -> Option<Reg> {
        match *self {
            AsmOperand::Output { reg, .. }
            | AsmOperand::InOut { reg, .. }
            | AsmOperand::Input { reg } => reg,
            AsmOperand::Const | AsmOperand::Memory { .. } => None,
        }
    }
}

impl Asm {
    /// Types of the outputs, in order.
    pub fn outputs(&self) -> impl Iterator<Item = Type> + '_ {
        self.operands.iter().filter_map(AsmOperand::output)
    }

    /// A register for each operand, all different, with any for constants. Nothing if ten are not enough.
    pub fn distinct_registers(&self) -> Option<Vec<Reg>> {
        let needs = |operand: &&AsmOperand| **operand != AsmOperand::Const;
        let fixed = self.operands.iter().filter(needs).map(AsmOperand::reg);
        let regs = distinct_registers(&fixed.collect::<Vec<_>>(), &self.clobbers)?;
        let mut regs = regs.into_iter();
        let operands = self.operands.iter();
        let regs = operands.map(|operand| match operand {
            AsmOperand::Const => Some(Reg::R0),
            _ => regs.next(),
        });
        regs.collect()
    }
}
