//! Equal values once: an instruction that repeats one above it takes that one's result.
//!
//! ```text
//! v3: i64 = add v1, v2                     v3: i64 = add v1, v2
//! branch …, b1, b2                 ──►     branch …, b1, b2
//! b1: v4: i64 = add v1, v2   uses v4       b1:   uses v3
//! ```
//!
//! Walks the dominator tree with a table of the expressions seen on the way down. Only expressions over the *same names*
//! merge; since a checked value has a name of its own below the check (see [`refine`](crate::pass::refine)), nothing computed
//! above a check replaces what must stay below it (VERIFIER-RULES 6, 7). Loads, and context loads above all, are never merged
//! (rule 1), and refinements keep their place. Constants and addresses of slots and globals are equal wherever they stand, but
//! stay there: making them again is cheaper than a register that holds them across a call (rule 13).

use std::collections::HashMap;

use crate::analysis::dominators::dominators;
use crate::entity::{Block, Inst, Value};
use crate::function::Function;
use crate::inst::InstData;
use crate::pass::Changed;
use crate::ssa::{Replacements, resolve};
use crate::types::Type;

/// Merges equal expressions of a function.
pub fn run(func: &mut Function) -> Changed {
    let tree = dominators(func);
    let mut numbering = Numbering::default();
    let mut pending = vec![Step::Enter(func.entry())];
    while let Some(step) = pending.pop() {
        match step {
            Step::Enter(block) => {
                let undo = numbering.block(func, block);
                pending.push(Step::Leave(undo));
                let children = tree.children(block).iter().rev();
                pending.extend(children.map(|&child| Step::Enter(child)));
            }
            Step::Leave(keys) => {
                for key in keys {
                    numbering.seen.remove(&key);
                }
            }
        }
    }
    func.replace_values(&numbering.replaced);
    numbering.changed.into()
}

/// What is left to do in the walk.
enum Step {
    Enter(Block),
    /// Forget the expressions first seen in a block that is behind us.
    Leave(Vec<(InstData, Type)>),
}

#[derive(Default)]
struct Numbering {
    seen: HashMap<(InstData, Type), Value>,
    replaced: Replacements,
    /// Constants and addresses that stay in their place, with the first equal one, for comparisons of operands.
    alike: Replacements,
    changed: bool,
}

impl Numbering {
    /// Numbers the expressions of a block; gives the new ones.
    fn block(&mut self, func: &mut Function, block: Block) -> Vec<(InstData, Type)> {
        let mut new = Vec::new();
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        let kept = insts
            .into_iter()
            .filter(|&inst| self.is_first(func, inst, &mut new))
            .collect();
        func.block_mut(block).insts = kept;
        new
    }

    /// The instruction with equal constants under one name.
    fn named_alike(&self, data: &InstData) -> InstData {
        let mut data = data.clone();
        data.for_each_arg_mut(|v| *v = resolve(&self.alike, *v));
        data
    }

    fn is_first(
        &mut self,
        func: &mut Function,
        inst: Inst,
        new: &mut Vec<(InstData, Type)>,
    ) -> bool {
        let replaced = &self.replaced;
        func.inst_mut(inst)
            .for_each_arg_mut(|v| *v = resolve(replaced, *v));
        let data = func.inst(inst);
        let Some(result) = func.result(inst).filter(|_| is_expression(data)) else {
            return true;
        };
        let stays = is_rematerialised(data);
        let key = (self.named_alike(data), func.ty(result));
        match self.seen.get(&key) {
            Some(&first) if stays => {
                self.alike[result] = first.into();
                true
            }
            Some(&first) => {
                self.replaced[result] = first.into();
                self.changed = true;
                false
            }
            None => {
                self.seen.insert(key.clone(), result);
                new.push(key);
                true
            }
        }
    }
}

/// Whether the result depends on the operands alone.
fn is_expression(data: &InstData) -> bool {
    matches!(
        data,
        InstData::Const { .. }
            | InstData::Binary { .. }
            | InstData::Neg { .. }
            | InstData::Swap { .. }
            | InstData::Extend { .. }
            | InstData::Truncate { .. }
            | InstData::IntToPtr { .. }
            | InstData::PtrToInt { .. }
            | InstData::CastSpace { .. }
            | InstData::PtrAdd { .. }
            | InstData::Compare { .. }
            | InstData::SlotAddr { .. }
            | InstData::GlobalAddr { .. }
            | InstData::FuncAddr { .. }
            | InstData::Core { .. }
    )
}

/// Whether the result is made again where it is needed rather than kept.
fn is_rematerialised(data: &InstData) -> bool {
    matches!(
        data,
        InstData::Const { .. }
            | InstData::SlotAddr { .. }
            | InstData::GlobalAddr { .. }
            | InstData::FuncAddr { .. }
            | InstData::Core { .. }
    )
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn equal_sums_merge_but_loads_and_siblings_do_not() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.ctx, v1: i64) -> i64 {
            b0:
                v2: i64 = add v1, v1
                v3: i64 = load.u64 v0+0
                v4: i64 = load.u64 v0+0
                branch v3 lt v4, b1, b2
            b1:
                v5: i64 = add v1, v1
                v6: i64 = add v5, v3
                return v6
            b2:
                v7: i64 = add v2, v3
                return v7
            }",
            "fn @f(v0: ptr.ctx, v1: i64) -> i64 {
            b0:
                v2: i64 = add v1, v1
                v3: i64 = load.u64 v0+0
                v4: i64 = load.u64 v0+0
                branch v3 lt v4, b1, b2
            b1:
                v6: i64 = add v2, v3
                return v6
            b2:
                v7: i64 = add v2, v3
                return v7
            }",
        );
    }

    #[test]
    fn equal_constants_make_sums_equal_and_stay() {
        rewrites(
            super::run,
            "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 9
                v2: i64 = add v0, v1
                v3: i64 = const 9
                v4: i64 = add v0, v3
                v5: i64 = call helper 1(v2, v4, v3)
                return v5
            }",
            "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 9
                v2: i64 = add v0, v1
                v3: i64 = const 9
                v5: i64 = call helper 1(v2, v2, v3)
                return v5
            }",
        );
    }

    #[test]
    fn a_sum_over_a_checked_value_stays_below_the_check() {
        let text = "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 9
                v2: i64 = add v0, v1
                branch v0 lt v1, b1, b2
            b1:
                v3: i64 = refine v0 lt v1
                v4: i64 = add v3, v1
                return v4
            b2:
                return v2
            }";
        rewrites(super::run, text, text);
    }
}
