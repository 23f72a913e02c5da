//! Branches on comparisons: C computes `a < b` as 0 or 1 and then asks whether that is not 0.
//!
//! ```text
//! v2: i32 = compare v0 lt v1
//! v3: i32 = const 0               ──►   branch v0 lt v1, b1, b2
//! branch v2 ne v3, b1, b2
//! ```
//!
//! The kernel's checker learns the bounds of `v0` from the second form only, so this runs at every level.

use bpfcc_isa::Cond;

use crate::entity::{Inst, Value};
use crate::function::Function;
use crate::inst::InstData;
use crate::pass::Changed;

/// Fuses every branch of the function. The comparisons stay, for `dce` or `expand` to remove.
pub fn run(func: &mut Function) -> Changed {
    let mut changed = false;
    for index in 0..func.layout.len() {
        if let Some(branch) = func.terminator(func.layout[index]) {
            while fuse_branch(func, branch) {
                changed = true;
            }
        }
    }
    changed.into()
}

/// Looks through one comparison (or its negation, or a change of width) in a branch.
pub(super) fn fuse_branch(func: &mut Function, branch: Inst) -> bool {
    let &InstData::Branch {
        cond, args: [a, b], ..
    } = func.inst(branch)
    else {
        return false;
    };
    let Some(if_true) = truth(func, cond, b) else {
        return false;
    };
    let Some((inner, new_args)) = tested(func, a) else {
        return false;
    };
    if let InstData::Branch {
        cond,
        args,
        then,
        otherwise,
    } = func.inst_mut(branch)
    {
        *cond = inner;
        *args = new_args;
        if !if_true {
            std::mem::swap(then, otherwise);
        }
    }
    true
}

/// Of `x cond b` for an `x` that is 0 or 1: whether it asks for 1 or for 0; `None` if it asks for something else.
fn truth(func: &Function, cond: Cond, b: Value) -> Option<bool> {
    match (cond, func.as_const(b)?) {
        (Cond::Ne, 0) | (Cond::Eq, 1) | (Cond::Gt, 0) => Some(true),
        (Cond::Eq, 0) | (Cond::Ne, 1) | (Cond::Lt, 1) => Some(false),
        _ => None,
    }
}

/// The comparison that `value` is the outcome of, possibly widened.
fn tested(func: &Function, value: Value) -> Option<(Cond, [Value; 2])> {
    match func.def_inst(value)? {
        InstData::Compare { cond, args } => Some((*cond, *args)),
        InstData::Extend {
            signed: false, arg, ..
        } => tested(func, *arg),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn a_negated_comparison_swaps_the_destinations() {
        rewrites(
            super::run,
            "fn @f(v0: i64, v1: i64) {
            b0:
                v2: i32 = compare v0 lt v1
                v3: i64 = zext32 v2
                v4: i64 = const 0
                v5: i32 = compare v3 eq v4
                v6: i32 = const 0
                branch v5 ne v6, b1, b2
            b1:
                return
            b2:
                unreachable
            }",
            "fn @f(v0: i64, v1: i64) {
            b0:
                v2: i32 = compare v0 lt v1
                v3: i64 = zext32 v2
                v4: i64 = const 0
                v5: i32 = compare v3 eq v4
                v6: i32 = const 0
                branch v0 lt v1, b2, b1
            b1:
                return
            b2:
                unreachable
            }",
        );
    }
}
