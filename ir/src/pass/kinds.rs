//! What pointers point to: kinds flow from addresses, loads and null checks into block parameters and computed pointers.
//!
//! ```text
//! b1: v1: ptr.packet = …  jump b3(v1)
//! b2: v2: ptr.packet = …  jump b3(v2)      ──►   b3(v3: ptr.packet):
//! b3(v3: ptr):
//! ```
//!
//! Optimistic: a pointer has no kind until one reaches it, then the least kind all sources fit, so a loop does not spoil its
//! own variable. Keeps everything but types, which only become more precise.

use crate::analysis::cfg::reverse_postorder;
use crate::entity::{Block, SecondaryMap, Value};
use crate::function::Function;
use crate::inst::InstData;
use crate::pass::Changed;
use crate::types::{PtrKind, Type};

type Kinds = SecondaryMap<Value, Option<PtrKind>>;

/// Narrows the kinds of all pointers of a function.
pub fn run(func: &mut Function) -> Changed {
    let order = reverse_postorder(func);
    let mut kinds = Kinds::new();
    for &param in &func.block(func.entry()).params {
        kinds[param] = declared(func, param);
    }
    let mut settled = false;
    while !settled {
        settled = true;
        for &block in &order {
            settled &= !flow(func, block, &mut kinds);
        }
    }
    let mut changed = false;
    for value in func.values() {
        if let Some(kind) = kinds[value]
            && func.ty(value) != Type::Ptr(kind)
            && Type::Ptr(kind).fits(func.ty(value))
        {
            func.set_ty(value, Type::Ptr(kind));
            changed = true;
        }
    }
    changed.into()
}

fn declared(func: &Function, value: Value) -> Option<PtrKind> {
    match func.ty(value) {
        Type::Ptr(kind) => Some(kind),
        Type::I32 | Type::I64 => None,
    }
}

/// Joins what is known into the results of a block and the parameters of its successors; whether something was new.
fn flow(func: &Function, block: Block, kinds: &mut Kinds) -> bool {
    let mut changed = false;
    for &inst in &func.block(block).insts {
        if let Some(result) = func.result(inst) {
            let kind = computed(func, func.inst(inst), result, kinds);
            changed |= join_into(kinds, result, kind);
        }
        for to in func.inst(inst).targets() {
            for (&param, &arg) in func.block(to.block).params.iter().zip(&to.args) {
                let kind = kinds[arg];
                changed |= join_into(kinds, param, kind);
            }
        }
    }
    changed
}

fn join_into(kinds: &mut Kinds, value: Value, kind: Option<PtrKind>) -> bool {
    let joined = match (kinds[value], kind) {
        (Some(a), Some(b)) => Some(a.join(b)),
        (a, b) => a.or(b),
    };
    let changed = kinds[value] != joined;
    kinds[value] = joined;
    changed
}

/// The kind of a result by its operands' kinds; the declared one where an operation makes the pointer.
fn computed(func: &Function, data: &InstData, result: Value, kinds: &Kinds) -> Option<PtrKind> {
    match data {
        InstData::PtrAdd { base, .. } => kinds[*base],
        InstData::Select {
            then, otherwise, ..
        } => match (kinds[*then], kinds[*otherwise]) {
            (Some(a), Some(b)) => Some(a.join(b)),
            (a, b) => a.or(b),
        },
        InstData::Refine { arg, cond, other } => {
            let known = declared(func, result)?;
            let kind = kinds[*arg]?;
            let is_null_check = *cond == bpfcc_isa::Cond::Ne && func.as_const(*other) == Some(0);
            let kind = if is_null_check { kind.non_null() } else { kind };
            Some(if known.fits(kind) { known } else { kind })
        }
        _ => declared(func, result),
    }
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn a_loop_over_packet_pointers_stays_in_the_packet() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.packet, v1: ptr, v2: i64) {
            b0:
                jump b1(v0, v0)
            b1(v3: ptr, v4: ptr):
                v5: ptr = ptr_add v3, v2
                branch v5 eq v4, b2, b1(v5, v1)
            b2:
                return
            }",
            "fn @f(v0: ptr.packet, v1: ptr, v2: i64) {
            b0:
                jump b1(v0, v0)
            b1(v3: ptr.packet, v4: ptr):
                v5: ptr.packet = ptr_add v3, v2
                branch v5 eq v4, b2, b1(v5, v1)
            b2:
                return
            }",
        );
    }

    #[test]
    fn a_null_check_narrows_what_is_computed_from_it() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.map_value_or_null, v1: i64) -> i64 {
            b0:
                v2: ptr = const 0
                branch v0 ne v2, b1, b2
            b1:
                v3: ptr.map_value_or_null = refine v0 ne v2
                v4: ptr = ptr_add v3, v1
                v5: i64 = load.u64 v4+0
                return v5
            b2:
                return v1
            }",
            "fn @f(v0: ptr.map_value_or_null, v1: i64) -> i64 {
            b0:
                v2: ptr = const 0
                branch v0 ne v2, b1, b2
            b1:
                v3: ptr.map_value = refine v0 ne v2
                v4: ptr.map_value = ptr_add v3, v1
                v5: i64 = load.u64 v4+0
                return v5
            b2:
                return v1
            }",
        );
    }
}
