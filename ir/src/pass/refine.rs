//! Refinement: below a branch, the values it tested go by a new name that carries the fact (e-SSA).
//!
//! ```text
//! branch v0 lt v1, b1, b2            branch v0 lt v1, b1, b2
//! b1: … v0 …                  ──►    b1: v2: i64 = refine v0 lt v1
//!                                        … v2 …
//! ```
//!
//! The kernel's checker knows a bound for the register that was tested. With a name of its own below the test, a value can
//! neither be computed again from unchecked parts (VERIFIER-RULES 6) nor merged with what was computed above the check (rule
//! 7), whatever passes follow. A test of a computed packet pointer, `p + 14 > data_end`, also bounds the pointers it was
//! computed from by constants, so these get a name too. A null check turns `map_value_or_null` into `map_value`.
//!
//! Needs: conditions in branches ([`fuse`](crate::pass::fuse)). Keeps: all edges; an edge that shares its destination with
//! others gets a block of its own where it passes a tested value on. Names that nothing uses are removed again.

use bpfcc_isa::Cond;

use crate::analysis::cfg::predecessors;
use crate::analysis::dominators::dominators;
use crate::analysis::uses::use_counts;
use crate::debug::SourceLoc;
use crate::entity::{Block, Inst, SecondaryMap, Value};
use crate::function::Function;
use crate::inst::{BlockCall, InstData};
use crate::pass::Changed;
use crate::types::Type;

/// Refines the values that branches test.
pub fn run(func: &mut Function) -> Changed {
    let mut renamer = Renamer {
        preds: predecessors(func),
        names: SecondaryMap::new(),
        made: Vec::new(),
        func,
    };
    renamer.walk();
    let made = renamer.made;
    remove_unused(func, &made);
    (!made.is_empty()).into()
}

/// `arg cond other` holds.
#[derive(Clone, Copy)]
struct Fact {
    arg: Value,
    cond: Cond,
    other: Value,
}

/// What is left to do in the walk over the dominator tree.
enum Step {
    Enter(Block),
    /// Values whose names end here, with their former names.
    Leave(Vec<(Value, Option<Value>)>),
}

struct Renamer<'f> {
    func: &'f mut Function,
    preds: SecondaryMap<Block, Vec<Block>>,
    /// The present name of each value that has another one than its own.
    names: SecondaryMap<Value, Option<Value>>,
    /// Refinements made, each before those that use it.
    made: Vec<(Block, Inst)>,
}

impl Renamer<'_> {
    fn walk(&mut self) {
        let tree = dominators(self.func);
        let mut pending = vec![Step::Enter(self.func.entry())];
        while let Some(step) = pending.pop() {
            match step {
                Step::Enter(block) => {
                    let undo = self.block(block);
                    pending.push(Step::Leave(undo));
                    let children = tree.children(block).iter().rev();
                    pending.extend(children.map(|&child| Step::Enter(child)));
                }
                Step::Leave(undo) => {
                    for (value, name) in undo.into_iter().rev() {
                        self.names[value] = name;
                    }
                }
            }
        }
    }

    /// Refines what the only edge into `block` tested and renames the operands of the block.
    fn block(&mut self, block: Block) -> Vec<(Value, Option<Value>)> {
        let mut undo = Vec::new();
        let mut insts = std::mem::take(&mut self.func.block_mut(block).insts);
        if let [pred] = self.preds[block][..] {
            for fact in self.facts_of_edge(pred, block) {
                self.refine(block, fact, &mut undo);
            }
        }
        for &inst in &insts {
            let names = &self.names;
            self.func
                .inst_mut(inst)
                .for_each_arg_mut(|v| *v = names[*v].unwrap_or(*v));
        }
        self.func.block_mut(block).insts.append(&mut insts);
        self.split_edges(block);
        undo
    }

    /// Appends the refinement of a fact to `block`; from here on it names the value.
    fn refine(&mut self, block: Block, fact: Fact, undo: &mut Vec<(Value, Option<Value>)>) {
        let origin = self.origin(fact.arg);
        let arg = self.names[origin].unwrap_or(fact.arg);
        let data = InstData::Refine {
            arg,
            cond: fact.cond,
            other: fact.other,
        };
        let ty = self.refined_type(arg, fact);
        let (inst, result) = self.func.new_inst_with_result(data, ty, SourceLoc::UNKNOWN);
        self.func.block_mut(block).insts.push(inst);
        self.made.push((block, inst));
        undo.push((origin, self.names[origin].replace(result)));
        if arg != origin {
            // Operands written before this walk may name an earlier refinement.
            undo.push((arg, self.names[arg].replace(result)));
        }
    }

    fn refined_type(&self, arg: Value, fact: Fact) -> Type {
        match self.func.ty(arg) {
            Type::Ptr(kind)
                if fact.cond == Cond::Ne && self.func.as_const(fact.other) == Some(0) =>
            {
                Type::Ptr(kind.non_null())
            }
            ty => ty,
        }
    }

    /// The value that was refined, perhaps several times.
    fn origin(&self, mut value: Value) -> Value {
        while let Some(InstData::Refine { arg, .. }) = self.func.def_inst(value) {
            value = *arg;
        }
        value
    }

    /// An edge from a branch to a block with several predecessors has no place for a refinement: it gets one, if it passes
    /// a tested value on.
    fn split_edges(&mut self, block: Block) {
        let Some(branch) = self.func.terminator(block) else {
            return;
        };
        let targets: Vec<BlockCall> = self
            .func
            .inst(branch)
            .targets()
            .into_iter()
            .cloned()
            .collect();
        for (position, to) in targets.into_iter().enumerate() {
            if self.preds[to.block].len() < 2 {
                continue;
            }
            let mut facts = self.facts(branch, position);
            facts.retain(|fact| to.args.contains(&fact.arg));
            if !facts.is_empty() {
                self.split_edge(block, branch, position, to, &facts);
            }
        }
    }

    fn split_edge(
        &mut self,
        block: Block,
        branch: Inst,
        position: usize,
        mut to: BlockCall,
        facts: &[Fact],
    ) {
        let middle = self.func.new_block();
        let after = self.func.layout.iter().position(|&b| b == block);
        let after = after.map_or(self.func.layout.len(), |position| position + 1);
        self.func.layout.insert(after, middle);
        *self.func.inst_mut(branch).targets_mut()[position] = middle.into();
        let mut undo = Vec::new();
        for &fact in facts {
            self.refine(middle, fact, &mut undo);
        }
        for arg in &mut to.args {
            *arg = self.names[*arg].unwrap_or(*arg);
        }
        for (value, name) in undo.into_iter().rev() {
            self.names[value] = name;
        }
        let loc = self.func.loc(branch);
        self.func.append_inst(middle, InstData::Jump(to), None, loc);
    }

    /// What is known behind the only edge from `pred` to `block`.
    fn facts_of_edge(&mut self, pred: Block, block: Block) -> Vec<Fact> {
        let Some(branch) = self.func.terminator(pred) else {
            return Vec::new();
        };
        let targets = self.func.inst(branch).targets();
        match targets.iter().position(|to| to.block == block) {
            Some(position) => self.facts(branch, position),
            None => Vec::new(),
        }
    }

    /// What is known behind a target of a branch.
    fn facts(&mut self, branch: Inst, position: usize) -> Vec<Fact> {
        let &InstData::Branch {
            cond, args: [a, b], ..
        } = self.func.inst(branch)
        else {
            return Vec::new();
        };
        let cond = if position == 0 {
            Some(cond)
        } else {
            cond.inverse()
        };
        let Some(cond) = cond else {
            return Vec::new();
        };
        let mut facts = Vec::new();
        self.add_facts(&mut facts, a, cond, b);
        self.add_facts(&mut facts, b, cond.swapped(), a);
        facts
    }

    /// The fact about a tested value, then those about the pointers it was computed from by adding constants.
    fn add_facts(&self, facts: &mut Vec<Fact>, arg: Value, cond: Cond, other: Value) {
        if self.func.as_const(arg).is_some() {
            return;
        }
        facts.push(Fact { arg, cond, other });
        let is_null_check = self.func.as_const(other).is_some();
        let mut at = self.origin(arg);
        while let Some(&InstData::PtrAdd { base, offset }) = self.func.def_inst(at)
            && self.func.as_const(offset).is_some()
            && !is_null_check
        {
            facts.push(Fact {
                arg: base,
                cond,
                other,
            });
            at = self.origin(base);
        }
    }
}

/// Removes refinements whose results nothing uses.
fn remove_unused(func: &mut Function, made: &[(Block, Inst)]) {
    let mut uses = use_counts(func);
    for &(block, inst) in made.iter().rev() {
        let used = func.result(inst).is_some_and(|value| uses[value] > 0);
        if !used {
            func.inst(inst).for_each_arg(|arg| uses[arg] -= 1);
            func.block_mut(block).insts.retain(|&i| i != inst);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn a_null_check_makes_a_map_value() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.map_value_or_null) -> i64 {
            b0:
                v1: ptr = const 0
                v2: i64 = const 5
                branch v0 eq v1, b1, b2
            b1:
                return v2
            b2:
                v3: i64 = load.u64 v0+0
                return v3
            }",
            "fn @f(v0: ptr.map_value_or_null) -> i64 {
            b0:
                v1: ptr = const 0
                v2: i64 = const 5
                branch v0 eq v1, b1, b2
            b1:
                return v2
            b2:
                v4: ptr.map_value = refine v0 ne v1
                v3: i64 = load.u64 v4+0
                return v3
            }",
        );
    }

    #[test]
    fn a_test_of_the_packet_end_bounds_the_roots() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.packet, v1: ptr.packet_end) -> i64 {
            b0:
                v2: i64 = const 14
                v3: ptr.packet = ptr_add v0, v2
                branch v3 gt v1, b1, b2
            b1:
                return v2
            b2:
                v4: i64 = load.u8 v0+0
                return v4
            }",
            "fn @f(v0: ptr.packet, v1: ptr.packet_end) -> i64 {
            b0:
                v2: i64 = const 14
                v3: ptr.packet = ptr_add v0, v2
                branch v3 gt v1, b1, b2
            b1:
                return v2
            b2:
                v5: ptr.packet = refine v0 le v1
                v4: i64 = load.u8 v5+0
                return v4
            }",
        );
    }

    #[test]
    fn an_edge_that_passes_a_tested_value_gets_a_block() {
        rewrites(
            super::run,
            "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 9
                branch v0 gt v1, b1, b2(v0)
            b1:
                jump b2(v1)
            b2(v2: i64):
                return v2
            }",
            "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 9
                branch v0 gt v1, b2, b1
            b1:
                v3: i64 = refine v0 le v1
                jump b3(v3)
            b2:
                jump b3(v1)
            b3(v2: i64):
                return v2
            }",
        );
    }
}
