//! Legalisation: what the backend does not select becomes what it does.
//!
//! ```text
//! v2: i32 = compare v0 lt v1          branch v0 lt v1, b1, b2
//! …                            ──►    b1: v3: i32 = const 1   jump b3(v3)
//!                                     b2: v4: i32 = const 0   jump b3(v4)
//!                                     b3(v2: i32): …
//! ```
//!
//! * `compare` and `select` become branches, as BPF has no instruction for them and a guard must stay a branch anyway
//!   (VERIFIER-RULES 10).
//! * `switch` becomes a balanced tree of comparisons (rule 23).
//! * `memcopy` and `memset` become loads and stores no wider than the alignment known (rules 15, 17).
//! * Critical edges are split: afterwards a block with several successors leads only to blocks with one predecessor, where
//!   the register allocator can place moves.

use bpfcc_isa::{Cond, Size};

use crate::analysis::cfg::predecessors;
use crate::analysis::uses::use_counts;
use crate::debug::SourceLoc;
use crate::entity::{Block, Inst, SecondaryMap, Value};
use crate::function::Function;
use crate::inst::{BlockCall, InstData};
use crate::pass::Changed;
use crate::ssa::Replacements;
use crate::types::Type;

/// Cases compared one after the other at a leaf of the tree.
const LEAF_CASES: usize = 3;

/// Legalises a function.
pub fn run(func: &mut Function) -> Changed {
    let mut expander = Expander {
        uses: use_counts(func),
        replaced: Replacements::new(),
        changed: false,
        func,
    };
    expander.blocks();
    let (replaced, changed) = (expander.replaced, expander.changed);
    func.replace_values(&replaced);
    (split_critical_edges(func) | changed).into()
}

struct Expander<'f> {
    func: &'f mut Function,
    uses: SecondaryMap<Value, u32>,
    replaced: Replacements,
    changed: bool,
}

impl Expander<'_> {
    /// Rewrites block by block; new blocks take their place behind the block they were cut from.
    fn blocks(&mut self) {
        let layout = std::mem::take(&mut self.func.layout);
        for block in layout {
            self.func.layout.push(block);
            let insts = std::mem::take(&mut self.func.block_mut(block).insts);
            let mut at = block;
            for inst in insts {
                at = self.inst(at, inst);
            }
        }
    }

    /// Puts an instruction or what it becomes at the end of `at`; gives the block where the next one goes.
    fn inst(&mut self, at: Block, inst: Inst) -> Block {
        let loc = self.func.loc(inst);
        match self.func.inst(inst).clone() {
            InstData::Compare { cond, args } => {
                if self.is_unused(inst) {
                    self.changed = true;
                    return at;
                }
                self.diamond(at, inst, (cond, args), |this, block, truth| {
                    let value = i64::from(truth);
                    this.value(block, InstData::Const { value }, Type::I32, loc)
                })
            }
            InstData::Select {
                cond,
                args,
                then,
                otherwise,
            } => self.diamond(
                at,
                inst,
                (cond, args),
                |_, _, truth| {
                    if truth { then } else { otherwise }
                },
            ),
            InstData::Switch {
                arg,
                cases,
                default,
            } => {
                self.switch(at, arg, cases, default, loc);
                at
            }
            InstData::MemCopy {
                dst,
                src,
                len,
                align,
            } => {
                for (offset, size) in chunks(len, align) {
                    let base = (src.0, src.1.wrapping_add(offset));
                    let value = self.load(at, base, size, loc);
                    self.store(at, (dst.0, dst.1.wrapping_add(offset)), size, value, loc);
                }
                self.changed = true;
                at
            }
            InstData::MemSet {
                dst,
                byte,
                len,
                align,
            } => {
                self.mem_set(at, dst, byte, (len, align), loc);
                at
            }
            _ => {
                self.func.block_mut(at).insts.push(inst);
                at
            }
        }
    }

    fn is_unused(&self, inst: Inst) -> bool {
        self.func
            .result(inst)
            .is_none_or(|value| self.uses[value] == 0)
    }

    fn value(&mut self, block: Block, data: InstData, ty: Type, loc: SourceLoc) -> Value {
        let (inst, value) = self.func.new_inst_with_result(data, ty, loc);
        self.func.block_mut(block).insts.push(inst);
        value
    }

    // Compare and select.

    /// Branches to two blocks, each with a value, that lead to one with the instruction's result as parameter.
    fn diamond(
        &mut self,
        at: Block,
        inst: Inst,
        (cond, args): (Cond, [Value; 2]),
        mut value: impl FnMut(&mut Self, Block, bool) -> Value,
    ) -> Block {
        let Some(result) = self.func.result(inst) else {
            return at;
        };
        let loc = self.func.loc(inst);
        let [then, otherwise, join] = [0; 3].map(|_| self.func.append_block());
        let branch = InstData::Branch {
            cond,
            args,
            then: then.into(),
            otherwise: otherwise.into(),
        };
        self.func.append_inst(at, branch, None, loc);
        for (block, truth) in [(then, true), (otherwise, false)] {
            let arg = value(self, block, truth);
            let jump = InstData::Jump(BlockCall::new(join, [arg]));
            self.func.append_inst(block, jump, None, loc);
        }
        let param = self.func.append_param(join, self.func.ty(result));
        self.replaced[result] = param.into();
        self.changed = true;
        join
    }

    // Switch.

    fn switch(
        &mut self,
        at: Block,
        arg: Value,
        mut cases: Vec<(i64, BlockCall)>,
        default: BlockCall,
        loc: SourceLoc,
    ) {
        // As the unsigned comparisons of the tree see them. An i32 is sign-extended, which keeps this order.
        cases.sort_by_key(|&(value, _)| value as u64);
        self.changed = true;
        // Subtrees still to be built, with the block each starts in.
        let mut pending = vec![(at, cases)];
        while let Some((block, mut cases)) = pending.pop() {
            if cases.len() <= LEAF_CASES {
                self.compare_each(block, arg, cases, default.clone(), loc);
                continue;
            }
            let upper = cases.split_off(cases.len() / 2);
            let [below, above] = [0; 2].map(|_| self.func.append_block());
            self.branch(block, Cond::Lt, (arg, upper[0].0), below, above, loc);
            pending.extend([(above, upper), (below, cases)]);
        }
    }

    fn compare_each(
        &mut self,
        mut block: Block,
        arg: Value,
        cases: Vec<(i64, BlockCall)>,
        default: BlockCall,
        loc: SourceLoc,
    ) {
        let mut rest = cases.into_iter().peekable();
        while let Some((value, to)) = rest.next() {
            if rest.peek().is_none() {
                self.branch(block, Cond::Eq, (arg, value), to, default, loc);
                return;
            }
            let next = self.func.append_block();
            self.branch(block, Cond::Eq, (arg, value), to, next, loc);
            block = next;
        }
        self.func
            .append_inst(block, InstData::Jump(default), None, loc);
    }

    fn branch(
        &mut self,
        block: Block,
        cond: Cond,
        (arg, value): (Value, i64),
        then: impl Into<BlockCall>,
        otherwise: impl Into<BlockCall>,
        loc: SourceLoc,
    ) {
        let other = self.value(block, InstData::Const { value }, self.func.ty(arg), loc);
        let data = InstData::Branch {
            cond,
            args: [arg, other],
            then: then.into(),
            otherwise: otherwise.into(),
        };
        self.func.append_inst(block, data, None, loc);
    }

    // Memory.

    fn load(
        &mut self,
        at: Block,
        (base, offset): (Value, i32),
        size: Size,
        loc: SourceLoc,
    ) -> Value {
        let data = InstData::Load {
            size,
            signed: false,
            volatile: false,
            base,
            offset,
        };
        self.value(at, data, chunk_type(size), loc)
    }

    fn store(
        &mut self,
        at: Block,
        (base, offset): (Value, i32),
        size: Size,
        value: Value,
        loc: SourceLoc,
    ) {
        let data = InstData::Store {
            size,
            volatile: false,
            base,
            offset,
            value,
        };
        self.func.append_inst(at, data, None, loc);
    }

    fn mem_set(
        &mut self,
        at: Block,
        (base, offset): (Value, i32),
        byte: u8,
        (len, align): (u32, u32),
        loc: SourceLoc,
    ) {
        self.changed = true;
        for (by, size) in chunks(len, align) {
            let bytes = u64::from_le_bytes([byte; 8]);
            let value = match chunk_type(size) {
                Type::I32 => i64::from(size.zero_extend(bytes) as i32),
                _ => bytes as i64,
            };
            let value = self.value(at, InstData::Const { value }, chunk_type(size), loc);
            self.store(at, (base, offset.wrapping_add(by)), size, value, loc);
        }
    }
}

fn chunk_type(size: Size) -> Type {
    match size {
        Size::DW => Type::I64,
        Size::B | Size::H | Size::W => Type::I32,
    }
}

/// Offsets and sizes that cover `len` bytes in order, none wider than `align`.
fn chunks(len: u32, align: u32) -> impl Iterator<Item = (i32, Size)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let size = [Size::DW, Size::W, Size::H, Size::B]
            .into_iter()
            .find(|size| size.bytes() <= align.min(len - at))?;
        at += size.bytes();
        Some(((at - size.bytes()) as i32, size))
    })
}

/// Gives each edge from a block with several successors to one with several predecessors a block of its own.
fn split_critical_edges(func: &mut Function) -> bool {
    let preds = predecessors(func);
    let layout = std::mem::take(&mut func.layout);
    let before = layout.len();
    for block in layout {
        func.layout.push(block);
        let Some(terminator) = func.terminator(block) else {
            continue;
        };
        let targets: Vec<BlockCall> = func
            .inst(terminator)
            .targets()
            .into_iter()
            .cloned()
            .collect();
        if targets.len() < 2 {
            continue;
        }
        let loc = func.loc(terminator);
        for (position, to) in targets.into_iter().enumerate() {
            if preds[to.block].len() > 1 {
                let middle = func.append_block();
                func.append_inst(middle, InstData::Jump(to), None, loc);
                *func.inst_mut(terminator).targets_mut()[position] = middle.into();
            }
        }
    }
    func.layout.len() > before
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn a_comparison_as_value_becomes_a_diamond() {
        rewrites(
            super::run,
            "fn @f(v0: i64, v1: i64) -> i32 {
            b0:
                v2: i32 = compare v0 lt v1
                return v2
            }",
            "fn @f(v0: i64, v1: i64) -> i32 {
            b0:
                branch v0 lt v1, b1, b2
            b1:
                v2: i32 = const 1
                jump b3(v2)
            b2:
                v3: i32 = const 0
                jump b3(v3)
            b3(v4: i32):
                return v4
            }",
        );
    }

    #[test]
    fn a_switch_becomes_a_tree() {
        rewrites(
            super::run,
            "fn @f(v0: i64) {
            b0:
                switch v0, [4: b1, -1: b2, 2: b1, 3: b2], b1
            b1:
                return
            b2:
                unreachable
            }",
            "fn @f(v0: i64) {
            b0:
                v1: i64 = const 4
                branch v0 lt v1, b1, b3
            b1:
                v2: i64 = const 2
                branch v0 eq v2, b2, b5
            b2:
                jump b11
            b3:
                v3: i64 = const 4
                branch v0 eq v3, b4, b8
            b4:
                jump b11
            b5:
                v4: i64 = const 3
                branch v0 eq v4, b6, b7
            b6:
                jump b12
            b7:
                jump b11
            b8:
                v5: i64 = const -1
                branch v0 eq v5, b9, b10
            b9:
                jump b12
            b10:
                jump b11
            b11:
                return
            b12:
                unreachable
            }",
        );
    }

    #[test]
    fn a_copy_uses_the_alignment() {
        rewrites(
            super::run,
            "fn @f(v0: ptr, v1: ptr) {
            b0:
                memcopy v0+2, v1+0, 7, 4
                memset v0+0, 255, 3, 2
                return
            }",
            "fn @f(v0: ptr, v1: ptr) {
            b0:
                v2: i32 = load.u32 v1+0
                store.u32 v0+2, v2
                v3: i32 = load.u16 v1+4
                store.u16 v0+6, v3
                v4: i32 = load.u8 v1+6
                store.u8 v0+8, v4
                v5: i32 = const 65535
                store.u16 v0+0, v5
                v6: i32 = const 255
                store.u8 v0+2, v6
                return
            }",
        );
    }
}
