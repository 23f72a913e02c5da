//! A simpler control-flow graph, with the same branches: unreachable blocks go, a block that only one jump leads to joins its
//! predecessor, jumps to empty blocks go on to where these lead, parameters that are always the same value become it.
//!
//! ```text
//! b1: jump b2                        b1: …
//! b2(v3): …  (only b1 leads here)
//! ```
//!
//! Branches are not turned into selections: a guard must stay one (VERIFIER-RULES 10).

use crate::analysis::cfg::{predecessors, reachable};
use crate::entity::{Block, EntitySet, SecondaryMap, Value};
use crate::function::Function;
use crate::inst::{BlockCall, InstData};
use crate::pass::Changed;
use crate::ssa::{Replacements, resolve};

/// Simplifies a function until nothing changes.
pub fn run(func: &mut Function) -> Changed {
    let mut changed = false;
    loop {
        let more = remove_unreachable(func)
            | drop_constant_params(func)
            | skip_empty_blocks(func)
            | join_blocks(func);
        if !more {
            return changed.into();
        }
        changed = true;
    }
}

/// Removes blocks that control cannot reach from the layout.
pub(super) fn remove_unreachable(func: &mut Function) -> bool {
    let reached = reachable(func);
    let before = func.layout.len();
    func.layout.retain(|&block| reached.contains(block));
    func.layout.len() < before
}

/// Replaces parameters whose arguments are all one value, or the parameter itself.
fn drop_constant_params(func: &mut Function) -> bool {
    let mut arguments: SecondaryMap<Block, Vec<Vec<Value>>> = SecondaryMap::new();
    for (_, inst) in func.insts_in_order() {
        for to in func.inst(inst).targets() {
            arguments[to.block].push(to.args.clone());
        }
    }
    let mut replaced = Replacements::new();
    let mut changed = false;
    for index in 1..func.layout.len() {
        let block = func.layout[index];
        let params = func.block(block).params.clone();
        let mut keep = vec![true; params.len()];
        for (position, &param) in params.iter().enumerate() {
            let args = arguments[block].iter().map(|args| args[position]);
            let mut others = args
                .map(|arg| resolve(&replaced, arg))
                .filter(|&arg| arg != param);
            if let Some(first) = others.next()
                && others.all(|other| other == first)
            {
                replaced[param] = first.into();
                keep[position] = false;
            }
        }
        if keep.contains(&false) {
            func.retain_params(block, &keep);
            changed = true;
        }
    }
    func.replace_values(&replaced);
    changed
}

/// Redirects jumps to blocks that hold nothing but a jump.
fn skip_empty_blocks(func: &mut Function) -> bool {
    let mut shortcuts: SecondaryMap<Block, Option<BlockCall>> = SecondaryMap::new();
    for &block in func.layout.iter().skip(1) {
        let data = func.block(block);
        if let ([inst], []) = (data.insts.as_slice(), data.params.as_slice())
            && let InstData::Jump(to) = func.inst(*inst)
            && to.block != block
        {
            shortcuts[block] = Some(to.clone());
        }
    }
    let mut changed = false;
    for index in 0..func.layout.len() {
        let Some(terminator) = func.terminator(func.layout[index]) else {
            continue;
        };
        for to in func.inst_mut(terminator).targets_mut() {
            if let Some(end) = follow(&shortcuts, to.block) {
                *to = end;
                changed = true;
            }
        }
    }
    changed
}

/// Where a jump to `block` leads in the end, if `block` is empty. A circle of empty blocks is an endless loop of the program
/// and stays.
fn follow(shortcuts: &SecondaryMap<Block, Option<BlockCall>>, block: Block) -> Option<BlockCall> {
    let mut seen = EntitySet::new();
    let mut end = None;
    let mut at = block;
    while let Some(shortcut) = &shortcuts[at] {
        if !seen.insert(at) {
            return None;
        }
        end = Some(shortcut.clone());
        at = shortcut.block;
    }
    end
}

/// Appends a block to the only block that jumps to it.
fn join_blocks(func: &mut Function) -> bool {
    let preds = predecessors(func);
    let mut replaced = Replacements::new();
    let mut gone: EntitySet<Block> = EntitySet::new();
    for index in 0..func.layout.len() {
        let block = func.layout[index];
        if gone.contains(block) {
            continue;
        }
        while let Some(next) = only_successor(func, block)
            .filter(|&next| next != block && next != func.entry() && preds[next].len() == 1)
        {
            append_block(func, block, next, &mut replaced);
            gone.insert(next);
        }
    }
    if gone.is_empty() {
        return false;
    }
    func.layout.retain(|&block| !gone.contains(block));
    func.replace_values(&replaced);
    true
}

fn only_successor(func: &Function, block: Block) -> Option<Block> {
    match func.inst(func.terminator(block)?) {
        InstData::Jump(to) => Some(to.block),
        _ => None,
    }
}

/// Moves the instructions of `next` behind those of `block`, whose jump goes.
fn append_block(func: &mut Function, block: Block, next: Block, replaced: &mut Replacements) {
    if let Some(jump) = func.block_mut(block).insts.pop()
        && let InstData::Jump(to) = func.inst(jump).clone()
    {
        let params = std::mem::take(&mut func.block_mut(next).params);
        for (param, arg) in params.into_iter().zip(to.args) {
            replaced[param] = arg.into();
        }
    }
    let insts = std::mem::take(&mut func.block_mut(next).insts);
    func.block_mut(block).insts.extend(insts);
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn blocks_join_and_empty_ones_are_skipped() {
        rewrites(
            super::run,
            "fn @f(v0: i64) -> i64 {
            b0:
                jump b1(v0)
            b1(v1: i64):
                branch v1 lt v0, b2, b3
            b2:
                jump b4(v1, v0)
            b3:
                v2: i64 = neg v1
                jump b4(v2, v0)
            b4(v3: i64, v4: i64):
                v5: i64 = add v3, v4
                return v5
            b5:
                jump b4(v0, v0)
            }",
            "fn @f(v0: i64) -> i64 {
            b0:
                branch v0 lt v0, b2(v0), b1
            b1:
                v2: i64 = neg v0
                jump b2(v2)
            b2(v3: i64):
                v5: i64 = add v3, v0
                return v5
            }",
        );
    }

    #[test]
    fn endless_loops_of_empty_blocks_stay() {
        rewrites(
            super::run,
            "fn @f() {
            b0:
                jump b1
            b1:
                jump b2
            b2:
                jump b1
            }",
            "fn @f() {
            b0:
                jump b1
            b1:
                jump b1
            }",
        );
    }
}
