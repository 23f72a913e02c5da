//! The control-flow graph: which blocks lead where.

use crate::entity::{Block, EntitySet, SecondaryMap};
use crate::function::Function;

/// Blocks that control may reach from the entry.
pub fn reachable(func: &Function) -> EntitySet<Block> {
    let mut reached = EntitySet::new();
    let mut pending: Vec<Block> = func.layout.first().copied().into_iter().collect();
    while let Some(block) = pending.pop() {
        if reached.insert(block) {
            pending.extend(func.successors(block));
        }
    }
    reached
}

/// For each block the blocks in the layout that jump to it, once per edge, in layout order.
pub fn predecessors(func: &Function) -> SecondaryMap<Block, Vec<Block>> {
    let mut preds: SecondaryMap<Block, Vec<Block>> = SecondaryMap::new();
    for &block in &func.layout {
        for successor in func.successors(block) {
            preds[successor].push(block);
        }
    }
    preds
}
