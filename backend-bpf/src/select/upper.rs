//! What is known about the upper half of each value's register, so that widening costs nothing where it does nothing.
//!
//! An `i32` lives in a 64-bit register whose upper half is unspecified. Often it is known anyway: `w1 += w2` zeroes it, a
//! load of a byte does too. [`upper_halves`] follows this through the function, block parameters included. The rules here
//! mirror what `select::alu` and `select::memory` emit.

use bpfcc_ir::entity::SecondaryMap;
use bpfcc_ir::{Function, InstData, Type, Value};
use bpfcc_isa::{AluOp, Cpu, Size, Width};

/// What bits 32 to 63 of a register are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Upper {
    /// All zero.
    pub(super) zero: bool,
    /// Copies of bit 31.
    pub(super) sign: bool,
}

impl Upper {
    const UNKNOWN: Upper = Upper::new(false, false);
    const ZERO: Upper = Upper::new(true, false);
    const SIGN: Upper = Upper::new(false, true);
    const BOTH: Upper = Upper::new(true, true);

    const fn new(zero: bool, sign: bool) -> Upper {
        Upper { zero, sign }
    }

    /// Whether the register already holds its lower half extended in this way.
    pub(super) fn is_extended(self, signed: bool) -> bool {
        if signed { self.sign } else { self.zero }
    }

    /// What holds for both.
    fn meet(self, other: Upper) -> Upper {
        Upper::new(self.zero && other.zero, self.sign && other.sign)
    }

    fn of_constant(value: i64) -> Upper {
        Upper::new(u32::try_from(value).is_ok(), i32::try_from(value).is_ok())
    }
}

/// Nothing contradicts any claim yet.
impl Default for Upper {
    fn default() -> Upper {
        Upper::BOTH
    }
}

/// The largest set of facts that no instruction contradicts: start from all, remove until nothing changes.
pub(super) fn upper_halves(func: &Function, cpu: Cpu) -> SecondaryMap<Value, Upper> {
    let mut facts = SecondaryMap::new();
    for &param in &func.block(func.entry()).params {
        facts[param] = Upper::UNKNOWN;
    }
    while update(func, cpu, &mut facts) {}
    facts
}

fn update(func: &Function, cpu: Cpu, facts: &mut SecondaryMap<Value, Upper>) -> bool {
    let mut changed = false;
    for (_, inst) in func.insts_in_order() {
        let data = func.inst(inst);
        if let Some(result) = func.result(inst) {
            let new = match constant(func, result) {
                Some(constant) => Upper::of_constant(constant),
                None => of_result(func, cpu, data, func.ty(result), facts),
            };
            changed |= new != facts[result];
            facts[result] = new;
        }
        for target in data.targets() {
            for (&param, &arg) in func.block(target.block).params.iter().zip(&target.args) {
                let new = facts[param].meet(facts[arg]);
                changed |= new != facts[param];
                facts[param] = new;
            }
        }
    }
    changed
}

/// The constant that selection puts in place of a value: sign-extended if it has 32 bits, even where it was cut from one
/// whose upper half is something else.
fn constant(func: &Function, mut value: Value) -> Option<i64> {
    let mut is_cut = false;
    loop {
        is_cut |= func.ty(value).width() == Width::W32;
        value = match *func.def_inst(value)? {
            InstData::Const { value } if is_cut => return Some(i64::from(value as i32)),
            InstData::Const { value } => return Some(value),
            InstData::Refine { arg, .. }
            | InstData::Truncate { arg }
            | InstData::IntToPtr { arg }
            | InstData::PtrToInt { arg } => arg,
            _ => return None,
        };
    }
}

fn of_result(
    func: &Function,
    cpu: Cpu,
    data: &InstData,
    ty: Type,
    facts: &SecondaryMap<Value, Upper>,
) -> Upper {
    let is_alu32 = ty == Type::I32 && cpu.has_alu32();
    match *data {
        InstData::Refine { arg, .. }
        | InstData::Truncate { arg }
        | InstData::IntToPtr { arg }
        | InstData::PtrToInt { arg } => facts[arg],
        InstData::Extend {
            from: Size::W,
            signed,
            arg,
        } => of_widening(signed, facts[arg]),
        InstData::Extend { signed: false, .. } => Upper::BOTH,
        InstData::Binary { .. } | InstData::Neg { .. } | InstData::Extend { .. } if is_alu32 => {
            Upper::ZERO
        }
        InstData::Binary { op, args } => of_binary(func, op, args, ty, facts),
        InstData::Extend { signed: true, .. } => Upper::SIGN,
        InstData::Swap { size, .. } => of_size(size),
        InstData::Load { size: Size::DW, .. } => Upper::UNKNOWN,
        InstData::Load {
            size,
            signed: false,
            ..
        } => of_size(size),
        InstData::Load {
            size: Size::W,
            signed: true,
            ..
        } if ty == Type::I32 => Upper::ZERO,
        InstData::Load { signed: true, .. } => Upper::SIGN,
        _ => Upper::UNKNOWN,
    }
}

fn of_widening(signed: bool, arg: Upper) -> Upper {
    let is_nonnegative = arg == Upper::BOTH;
    Upper::new(!signed || is_nonnegative, signed || is_nonnegative)
}

/// Zero-extended from this size.
fn of_size(size: Size) -> Upper {
    match size {
        Size::B | Size::H => Upper::BOTH,
        Size::W => Upper::ZERO,
        Size::DW => Upper::UNKNOWN,
    }
}

/// 64-bit instructions. For an `i32` they get zero-extended operands where the upper half matters.
fn of_binary(
    func: &Function,
    op: AluOp,
    [lhs, rhs]: [Value; 2],
    ty: Type,
    facts: &SecondaryMap<Value, Upper>,
) -> Upper {
    let (a, b) = (facts[lhs], facts[rhs]);
    let count = func.as_const(rhs);
    let zero = match op {
        AluOp::And => a.zero || b.zero,
        AluOp::Or | AluOp::Xor => a.zero && b.zero,
        AluOp::Rsh if count.is_some_and(|count| count & 63 >= 32) => true,
        AluOp::Rsh | AluOp::Div | AluOp::Mod => a.zero || ty == Type::I32,
        _ => false,
    };
    let sign = match op {
        AluOp::And | AluOp::Or | AluOp::Xor => a.sign && b.sign,
        AluOp::Arsh => a.sign || ty == Type::I32,
        _ => false,
    };
    Upper::new(zero, sign)
}
