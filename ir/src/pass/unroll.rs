//! Loops that go round a few times, as often as is known when compiling, are written out.
//!
//! ```text
//! b1(i, s): branch i lt 2, b2, b3           b4: i = const 0, jump b5
//! b2: … i … jump b1(i + 1, s')       ──►    b5: … i … jump b6(s')
//! b3: return s                              b6(s): i = const 1, jump b7
//!                                           b7: … i … jump b8(s')
//!                                           b8(s): i = const 2, jump b3      (b3: return s)
//! ```
//!
//! The kernel wants constant offsets into contexts (VERIFIER-RULES 1), and before Linux 5.3 it takes no loops at all
//! (rule 18). [`trip_count`] tells how the loop ends. There is a copy of its blocks for each time that its header is entered;
//! the edges back of one lead to the next, the header's parameters that count are constants, and the branch that ends the loop
//! is a jump. Other exits stay. A value of the loop that is used behind it has as many definitions as there are copies; `Ssa`
//! joins them where it is used.
//!
//! Inner loops come first; after each round the function is folded, so that an outer loop is judged by what is left of the
//! inner ones, and an inner loop whose bounds depend on the outer one's counter gets its turn. Needs values instead of slots
//! (`promote`). Keeps no blocks of the loops.

use std::collections::{BTreeMap, HashMap};

use crate::analysis::dominators::dominators;
use crate::analysis::loops::{Loop, loops};
use crate::analysis::trip_count::{TripCount, trip_count};
use crate::analysis::{predecessors, reachable};
use crate::debug::SourceLoc;
use crate::entity::{Block, EntitySet, Inst, SecondaryMap, Value, Variable};
use crate::function::{Function, ValueDef};
use crate::inst::{BlockCall, InstData};
use crate::pass::{Changed, fold, simplify_cfg};
use crate::ssa::{Replacements, Ssa};
use crate::types::{PtrKind, Type};

/// Instructions that a loop may grow to.
const SMALL: usize = 256;

/// The same for a loop that must go: as many as programs for kernels before 5.3 have.
const NEEDED: usize = 4096;

/// Instructions that all loops of a function may grow to together.
const TOGETHER: usize = 16_384;

/// Writes out the short loops of a function, and longer ones if they must go.
pub fn run(func: &mut Function) -> Changed {
    write_out(func, SMALL)
}

/// Writes out the loops of a function, for kernels that take none.
pub fn run_all(func: &mut Function) -> Changed {
    write_out(func, NEEDED)
}

/// Writes out loops that grow to `small` instructions or, where addresses in a context are computed, to more.
fn write_out(func: &mut Function, small: usize) -> Changed {
    let mut left = TOGETHER;
    let mut changed = false;
    loop {
        let plans = plans(func, small, &mut left);
        if plans.is_empty() {
            return changed.into();
        }
        changed = true;
        unroll(func, &plans);
        let _ = simplify_cfg::run(func);
        let _ = fold::run(func);
        let _ = simplify_cfg::run(func);
    }
}

/// A loop that will be written out.
struct Plan {
    around: Loop,
    count: TripCount,
}

/// The loops to write out now, none within another. Takes their size from what is `left`.
fn plans(func: &Function, small: usize, left: &mut usize) -> Vec<Plan> {
    let tree = dominators(func);
    let preds = predecessors(func);
    let mut headers: EntitySet<Block> = EntitySet::new();
    let mut plans = Vec::new();
    for around in loops(func).into_iter().rev() {
        if around.blocks.iter().any(|block| headers.contains(block)) {
            continue;
        }
        let room = match computes_context_address(func, &around) {
            true => NEEDED,
            false => small,
        };
        let room = room.min(*left);
        let size = size(func, around.blocks.iter());
        // The last time, at least the header's branch is left.
        let limit = room / size.max(1) + 1;
        let Some(count) = trip_count(func, (&tree, &preds), &around, limit) else {
            continue;
        };
        let last = last_blocks(func, &around, &count);
        let total = size * (count.params.len() - 1) + self::size(func, last.iter());
        if total <= room {
            *left -= total;
            headers.insert(around.header);
            plans.push(Plan { around, count });
        }
    }
    plans
}

/// Instructions in blocks. Constants and jumps become none.
fn size(func: &Function, blocks: impl Iterator<Item = Block>) -> usize {
    let insts = blocks.flat_map(|block| &func.block(block).insts);
    let is_real =
        |&&inst: &&Inst| !matches!(func.inst(inst), InstData::Const { .. } | InstData::Jump(_));
    insts.filter(is_real).count()
}

/// Whether the loop adds something to a context pointer that is no constant yet.
fn computes_context_address(func: &Function, around: &Loop) -> bool {
    let mut insts = around
        .blocks
        .iter()
        .flat_map(|block| &func.block(block).insts);
    insts.any(|&inst| is_computed_context_address(func, inst))
}

/// Whether this adds to a context pointer what is no constant yet.
fn is_computed_context_address(func: &Function, inst: Inst) -> bool {
    let &InstData::PtrAdd { base, offset } = func.inst(inst) else {
        return false;
    };
    let mut root = base;
    while let Some(&InstData::PtrAdd { base, .. }) = func.def_inst(root) {
        root = base;
    }
    func.ty(root) == Type::Ptr(PtrKind::Ctx) && func.as_const(offset).is_none()
}

/// The blocks that the last iteration goes through, until it leaves where the loop ends.
fn last_blocks(func: &Function, around: &Loop, count: &TripCount) -> EntitySet<Block> {
    let mut blocks = EntitySet::new();
    let mut pending = vec![around.header];
    while let Some(block) = pending.pop() {
        if around.blocks.contains(block) && blocks.insert(block) && block != count.exiting {
            pending.extend(func.successors(block));
        }
    }
    blocks
}

/// Replaces each loop by its copies.
fn unroll(func: &mut Function, plans: &[Plan]) {
    let mut unroller = Unroller::new(func, plans);
    for plan in plans {
        unroller.copy_loop(plan);
    }
    unroller.replace_in_layout(plans);
    unroller.enter_copies();
    unroller.join_values();
}

struct Unroller<'f> {
    func: &'f mut Function,
    ssa: Ssa,
    /// Values of the loops that are used outside of their loop.
    escaping: BTreeMap<Value, Variable>,
    /// The copies of each loop's blocks, by header, in order.
    copies: HashMap<Block, Vec<Block>>,
    /// Where jumps to a header from outside lead, with the parameters that are still to be passed.
    entries: HashMap<Block, (Block, Vec<bool>)>,
}

/// One copy of a loop's blocks.
struct Copy<'p> {
    plan: &'p Plan,
    blocks: HashMap<Block, Block>,
    values: HashMap<Value, Value>,
    /// The header of the next copy, and which parameters it has; the last copy has no next one.
    next: Option<(Block, Vec<bool>)>,
}

impl<'f> Unroller<'f> {
    fn new(func: &'f mut Function, plans: &[Plan]) -> Unroller<'f> {
        let mut ssa = Ssa::default();
        let escaping = escaping(func, plans)
            .into_iter()
            .map(|value| (value, ssa.declare(func.ty(value))))
            .collect();
        Unroller {
            func,
            ssa,
            escaping,
            copies: HashMap::new(),
            entries: HashMap::new(),
        }
    }

    fn copy_loop(&mut self, plan: &Plan) {
        let rows = &plan.count.params;
        let heads: Vec<(Block, Vec<bool>)> = rows
            .iter()
            .map(|row| {
                let is_passed = row.iter().map(Option::is_none).collect();
                (self.func.new_block(), is_passed)
            })
            .collect();
        let whole: Vec<Block> = plan.around.blocks.iter().collect();
        let last: Vec<Block> = last_blocks(self.func, &plan.around, &plan.count)
            .iter()
            .collect();
        let mut all = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let next = heads.get(index + 1).cloned();
            let blocks = if next.is_some() { &whole } else { &last };
            let mut copy = Copy {
                plan,
                blocks: HashMap::from([(plan.around.header, heads[index].0)]),
                values: HashMap::new(),
                next,
            };
            self.make_blocks(&mut copy, blocks, row);
            self.fill_blocks(&mut copy, blocks);
            all.extend(blocks.iter().map(|block| copy.blocks[block]));
        }
        let header = plan.around.header;
        self.copies.insert(header, all);
        self.entries.insert(header, heads[0].clone());
    }

    /// Makes the blocks and their parameters; those of the header that are known are constants.
    fn make_blocks(&mut self, copy: &mut Copy<'_>, blocks: &[Block], row: &[Option<i64>]) {
        for &block in blocks {
            let to = match copy.blocks.get(&block) {
                Some(&head) => head,
                None => self.func.new_block(),
            };
            copy.blocks.insert(block, to);
            let is_header = block == copy.plan.around.header;
            for (index, param) in self
                .func
                .block(block)
                .params
                .clone()
                .into_iter()
                .enumerate()
            {
                let ty = self.func.ty(param);
                let value = match row.get(index).copied().flatten().filter(|_| is_header) {
                    Some(value) => self.constant(to, ty, value),
                    None => self.func.append_param(to, ty),
                };
                self.note(copy, to, (param, value));
            }
        }
    }

    fn constant(&mut self, block: Block, ty: Type, value: i64) -> Value {
        let data = InstData::Const { value };
        let (inst, value) = self.func.new_inst_with_result(data, ty, SourceLoc::UNKNOWN);
        self.func.block_mut(block).insts.push(inst);
        value
    }

    fn fill_blocks(&mut self, copy: &mut Copy<'_>, blocks: &[Block]) {
        let mut made = Vec::new();
        for &block in blocks {
            let to = copy.blocks[&block];
            for inst in self.func.block(block).insts.clone() {
                let ty = self.func.result(inst).map(|value| self.func.ty(value));
                let data = self.leaving(copy, block, inst);
                let loc = self.func.loc(inst);
                let new = self.func.append_inst(to, data, ty, loc);
                if let (Some(old), Some(value)) = (self.func.result(inst), self.func.result(new)) {
                    self.note(copy, to, (old, value));
                }
                made.push(new);
            }
        }
        // Every value is known now, also those defined further down in the layout.
        for inst in made {
            translate(copy, self.func.inst_mut(inst));
        }
    }

    /// An instruction, or for the branch that ends the loop the jump that it is in this copy.
    fn leaving(&self, copy: &Copy<'_>, block: Block, inst: Inst) -> InstData {
        let count = &copy.plan.count;
        match self.func.inst(inst).clone() {
            InstData::Branch {
                then, otherwise, ..
            } if block == count.exiting => {
                let leaves = copy.next.is_none();
                let holds = leaves == count.leaves_if;
                InstData::Jump(if holds { then } else { otherwise })
            }
            data => data,
        }
    }

    /// In this copy, whose block is `to`, the old value is the new one.
    fn note(&mut self, copy: &mut Copy<'_>, to: Block, (old, new): (Value, Value)) {
        copy.values.insert(old, new);
        if let Some(&variable) = self.escaping.get(&old) {
            self.ssa.define(to, variable, new);
        }
    }

    /// The copies stand where the header stood.
    fn replace_in_layout(&mut self, plans: &[Plan]) {
        let mut gone: EntitySet<Block> = EntitySet::new();
        for block in plans.iter().flat_map(|plan| plan.around.blocks.iter()) {
            gone.insert(block);
        }
        let mut layout = Vec::new();
        for &block in &self.func.layout {
            if let Some(copies) = self.copies.get(&block) {
                layout.extend(copies);
            } else if !gone.contains(block) {
                layout.push(block);
            }
        }
        self.func.layout = layout;
    }

    /// Leads the jumps that enter a loop to its first copy.
    fn enter_copies(&mut self) {
        for index in 0..self.func.layout.len() {
            let Some(inst) = self.func.terminator(self.func.layout[index]) else {
                continue;
            };
            for to in self.func.inst_mut(inst).targets_mut() {
                if let Some(entry) = self.entries.get(&to.block) {
                    redirect(to, entry);
                }
            }
        }
    }

    /// Gives uses behind the loops their values.
    fn join_values(mut self) {
        let _ = simplify_cfg::remove_unreachable(self.func);
        for &block in &self.func.layout {
            if let Some(terminator) = self.func.terminator(block) {
                self.ssa.add_edges(self.func, block, terminator);
            }
        }
        self.ssa.seal_all(self.func);
        for index in 0..self.func.layout.len() {
            self.read_in(self.func.layout[index]);
        }
        let reached = reachable(self.func);
        self.ssa.finish(self.func, &reached, Replacements::new());
    }

    fn read_in(&mut self, block: Block) {
        for position in 0..self.func.block(block).insts.len() {
            let inst = self.func.block(block).insts[position];
            let mut data = self.func.inst(inst).clone();
            let mut is_changed = false;
            data.for_each_arg_mut(|value| {
                if let Some(&variable) = self.escaping.get(value) {
                    *value = self.ssa.read(self.func, block, variable);
                    is_changed = true;
                }
            });
            if is_changed {
                *self.func.inst_mut(inst) = data;
            }
        }
    }
}

/// Values of the loops that are used outside of their own.
fn escaping(func: &Function, plans: &[Plan]) -> Vec<Value> {
    let mut home: SecondaryMap<Block, Option<Block>> = SecondaryMap::new();
    for Plan { around, .. } in plans {
        for block in around.blocks.iter() {
            home[block] = Some(around.header);
        }
    }
    let mut origin: SecondaryMap<Inst, Option<Block>> = SecondaryMap::new();
    for (block, inst) in func.insts_in_order() {
        origin[inst] = home[block];
    }
    let mut found = EntitySet::new();
    for (block, inst) in func.insts_in_order() {
        func.inst(inst).for_each_arg(|value| {
            let from = match func.def(value) {
                ValueDef::Inst(inst) => origin[inst],
                ValueDef::Param(block, _) => home[block],
            };
            if from.is_some() && from != home[block] {
                found.insert(value);
            }
        });
    }
    found.iter().collect()
}

/// Writes an instruction of the loop in the copy's values and blocks.
fn translate(copy: &Copy<'_>, data: &mut InstData) {
    data.for_each_arg_mut(|value| *value = *copy.values.get(value).unwrap_or(value));
    for to in data.targets_mut() {
        if to.block != copy.plan.around.header {
            to.block = *copy.blocks.get(&to.block).unwrap_or(&to.block);
        } else if let Some(next) = &copy.next {
            redirect(to, next);
        }
    }
}

/// Leads a jump to a copy of a header, which has only some of the parameters.
fn redirect(to: &mut BlockCall, (block, is_passed): &(Block, Vec<bool>)) {
    to.block = *block;
    let mut is_passed = is_passed.iter();
    to.args
        .retain(|_| is_passed.next().copied().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn each_iteration_has_a_copy_with_its_counter() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.ctx) -> i64 {
            b0:
                v1: i64 = const 0
                v2: i64 = const 4
                v3: i64 = const 8
                jump b1(v1, v1)
            b1(v4: i64, v5: i64):
                branch v4 lt v3, b2, b3
            b2:
                v6: ptr = ptr_add v0, v4
                v7: i64 = load.u32 v6+48
                v8: i64 = add v5, v7
                v9: i64 = add v4, v2
                jump b1(v9, v8)
            b3:
                return v5
            }",
            "fn @f(v0: ptr.ctx) -> i64 {
            b0:
                v1: i64 = const 0
                v2: i64 = const 4
                v3: i64 = const 8
                v4: i64 = const 0
                v5: i64 = const 0
                v6: i64 = load.u32 v0+48
                v7: i64 = const 4
                v8: i64 = const 4
                v9: ptr = ptr_add v0, v8
                v10: i64 = load.u32 v0+52
                v11: i64 = add v6, v10
                v12: i64 = const 8
                v13: i64 = const 8
                return v11
            }",
        );
    }

    #[test]
    fn other_exits_join_what_is_used_behind_them() {
        rewrites(
            super::run,
            "fn @f(v0: ptr) -> i64 {
            b0:
                v1: i64 = const 0
                v2: i64 = const 1
                v3: i64 = const 2
                jump b1(v1)
            b1(v4: i64):
                v5: i64 = load.u8 v0+0
                branch v5 ne v1, b3, b2
            b2:
                v6: i64 = add v4, v2
                branch v6 lt v3, b1(v6), b3
            b3:
                return v5
            }",
            "fn @f(v0: ptr) -> i64 {
            b0:
                v1: i64 = const 0
                v2: i64 = const 1
                v3: i64 = const 2
                v4: i64 = const 0
                v5: i64 = load.u8 v0+0
                branch v5 ne v1, b3(v5), b1
            b1:
                v6: i64 = const 1
                v7: i64 = const 1
                v8: i64 = load.u8 v0+0
                branch v8 ne v1, b3(v8), b2
            b2:
                v9: i64 = const 2
                jump b3(v8)
            b3(v10: i64):
                return v10
            }",
        );
    }

    /// The test of the first iteration is not known, only that of the second.
    #[test]
    fn a_test_that_is_known_only_later_is_none() {
        let text = "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 0
                v2: i64 = const 1
                jump b1(v0, v1)
            b1(v3: i64, v4: i64):
                v5: i64 = mul v3, v4
                branch v3 lt v2, b2, b1(v2, v2)
            b2:
                return v5
            }";
        rewrites(super::run, text, text);
    }

    #[test]
    fn long_loops_stay() {
        let text = "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 0
                v2: i64 = const 1
                v3: i64 = const 1000
                jump b1(v1)
            b1(v4: i64):
                v5: i64 = add v4, v2
                branch v5 lt v3, b1(v5), b2
            b2:
                return v0
            }";
        rewrites(super::run, text, text);
    }
}
