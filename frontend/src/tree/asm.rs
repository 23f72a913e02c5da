//! Inline assembly in the tree: a template with what C gives it and takes from it.

use bpfcc_isa::Reg;
use bpfcc_isa::template::Template;

use super::{Expr, LabelId, Place};

/// An `asm` statement.
#[derive(Clone, Debug)]
pub struct Asm {
    /// The text.
    pub template: Template,
    /// What stands in the places of the template, by number.
    pub operands: Vec<AsmOperand>,
    /// Registers that are overwritten beside the outputs.
    pub clobbers: Vec<Reg>,
    /// Where an `asm goto` may jump.
    pub labels: Vec<LabelId>,
    /// Whether control may get behind the text: not if it ends in `exit`.
    pub falls_through: bool,
}

/// An operand of [`Asm`].
#[derive(Clone, Debug)]
pub enum AsmOperand {
    /// `"=r"(place)`, `"+r"(place)`, or `"=r"(place)` and an input `"0"(value)`: a register that is written.
    Output {
        /// Where its value goes.
        place: Place,
        /// What is in the register before.
        input: AsmInput,
        /// The register, if it must be a certain one.
        reg: Option<Reg>,
        /// `&`: written before all inputs are read.
        early: bool,
    },
    /// `"r"(value)`: a register that is read.
    Input {
        /// What is in it.
        value: Expr,
        /// The register, if it must be a certain one.
        reg: Option<Reg>,
    },
    /// A register in which the text says where to go: 0 on, or the number, from 1, of one of the labels.
    Way,
    /// `"i"(value)`: an integer of 64 bits or an address, written out in the text.
    Const(Expr),
    /// `"m"(place)`: the address of the place.
    Memory(Expr),
}

/// What is in an output's register before.
#[derive(Clone, Debug)]
pub enum AsmInput {
    /// Anything.
    Nothing,
    /// The value of the output's place.
    SamePlace,
    /// This value.
    Value(Expr),
}
