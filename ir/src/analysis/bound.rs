//! The largest number that a value can be, read as unsigned in its own width.
//!
//! Answers come from how the value is computed, a few steps back: a byte that was loaded is at most 255, its quarter at most 63.
//! [`refine`](crate::pass::refine)'s names add what a branch has tested. Nothing is known of parameters.

use bpfcc_isa::{AluOp, Cond, Size, Width};

use crate::entity::Value;
use crate::function::Function;
use crate::inst::InstData;

/// How many definitions back an answer is looked for.
const DEPTH: u32 = 6;

/// An upper bound of `value`.
pub fn upper_bound(func: &Function, value: Value) -> u64 {
    bound(func, value, DEPTH)
}

/// Whether the sign bit of `value` is known to be clear.
pub fn is_non_negative(func: &Function, value: Value) -> bool {
    upper_bound(func, value) <= largest_signed(func.ty(value).width())
}

fn largest(width: Width) -> u64 {
    u64::MAX >> (64 - width.bits())
}

fn largest_signed(width: Width) -> u64 {
    largest(width) >> 1
}

fn largest_of_size(size: Size) -> u64 {
    u64::MAX >> (64 - size.bits())
}

fn bound(func: &Function, value: Value, depth: u32) -> u64 {
    let width = func.ty(value).width();
    let any = largest(width);
    let (Some(data), Some(depth)) = (func.def_inst(value), depth.checked_sub(1)) else {
        return any;
    };
    let of = |value| bound(func, value, depth);
    let found = match *data {
        InstData::Const { value } => value as u64 & any,
        InstData::Load {
            size,
            signed: false,
            ..
        } => largest_of_size(size),
        InstData::Extend { signed, from, arg } => {
            let most = of(arg);
            let fits = most <= largest_of_size(from) >> u32::from(signed);
            match (fits, signed) {
                (true, _) => most,
                (false, false) => largest_of_size(from),
                (false, true) => any,
            }
        }
        InstData::Truncate { arg } => of(arg),
        InstData::Compare { .. } => 1,
        InstData::Select {
            then, otherwise, ..
        } => of(then).max(of(otherwise)),
        InstData::Binary { op, args: [a, b] } => {
            arithmetic(op, (of(a), of(b)), func.as_const(b), width).unwrap_or(any)
        }
        InstData::Refine { arg, cond, other } => tested(cond, of(arg), of(other), width),
        _ => any,
    };
    found.min(any)
}

/// The bound of `a op b` from those of `a` and `b`; `None` if the result may wrap or nothing is known.
fn arithmetic(op: AluOp, (a, b): (u64, u64), constant: Option<i64>, width: Width) -> Option<u64> {
    let fits = |&sum: &u64| sum <= largest(width);
    match (op, constant) {
        (AluOp::And, _) => Some(a.min(b)),
        (AluOp::Or | AluOp::Xor, _) => Some(ones_up_to(a | b)),
        (AluOp::Add, _) => a.checked_add(b).filter(fits),
        (AluOp::Mul, _) => a.checked_mul(b).filter(fits),
        (AluOp::Rsh | AluOp::Div, Some(_)) => Some(op.eval(width, a, b)),
        (AluOp::Mod, Some(divisor)) if divisor != 0 => Some(a.min(b - 1)),
        (AluOp::Rsh | AluOp::Div | AluOp::Mod, _) => Some(a),
        _ => None,
    }
}

/// The smallest number of the form 2ⁿ − 1 that is no less.
fn ones_up_to(value: u64) -> u64 {
    u64::MAX.checked_shr(value.leading_zeros()).unwrap_or(0)
}

/// The bound of a value below a test against something no greater than `other`.
fn tested(cond: Cond, value: u64, other: u64, width: Width) -> u64 {
    let both_positive = value.max(other) <= largest_signed(width);
    let limit = match cond {
        Cond::Eq | Cond::Le => other,
        Cond::Lt => other.saturating_sub(1),
        Cond::Sle if both_positive => other,
        Cond::Slt if both_positive => other.saturating_sub(1),
        _ => value,
    };
    value.min(limit)
}

#[cfg(test)]
mod tests {
    use super::upper_bound;
    use crate::entity::{EntityRef, FuncId, Value};
    use crate::parse;

    /// The bound of the last value.
    #[track_caller]
    fn bounds(body: &str, expected: u64) {
        let text = format!("fn @f(v0: i64, v1: i32, v2: ptr) {{ b0: {body} return }}");
        let module = parse(&text).unwrap_or_else(|error| panic!("{error}"));
        let func = &module.functions[FuncId::new(0)];
        let names = func
            .insts_in_order()
            .filter_map(|(_, inst)| func.result(inst));
        let last: Value = names.last().unwrap_or(Value::new(0));
        assert_eq!(upper_bound(func, last), expected, "{body}");
    }

    #[test]
    fn bounds_follow_arithmetic() {
        bounds("v3: i32 = load.u8 v2+0", 255);
        bounds("v3: i32 = load.s8 v2+0", u32::MAX.into());
        bounds("v3: i64 = load.u8 v2+0 v4: i64 = add v3, v3", 510);
        bounds("v3: i64 = add v0, v0", u64::MAX);
        bounds("v3: i32 = const -1", u32::MAX.into());
        bounds("v3: i64 = const 0 v4: i64 = or v3, v3", 0);
        bounds("v3: i64 = load.u8 v2+0 v4: i64 = xor v3, v0", u64::MAX);
        bounds("v3: i32 = const 6 v4: i32 = rsh v1, v3", 0x3ff_ffff);
        bounds("v3: i32 = const 10 v4: i32 = mod v1, v3", 9);
        bounds("v3: i32 = const 0 v4: i32 = mod v1, v3", u32::MAX.into());
        bounds("v3: i32 = const 10 v4: i32 = div v1, v3", 429_496_729);
        bounds("v3: i32 = load.u8 v2+0 v4: i64 = sext8 v3", u64::MAX);
        bounds("v3: i32 = load.u8 v2+0 v4: i64 = sext16 v3", 255);
        bounds("v3: i64 = zext16 v0", 0xffff);
    }
}
