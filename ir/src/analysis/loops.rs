//! Natural loops: an edge back to a block that dominates its source closes a loop with that block as header.

use super::cfg::predecessors;
use super::dominators::dominators;
use crate::entity::{Block, EntitySet};
use crate::function::Function;

/// A loop. Back edges to one header make one loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The only block through which the loop is entered.
    pub header: Block,
    /// Sources of the edges back to the header.
    pub latches: Vec<Block>,
    /// All blocks of the loop, the header and inner loops included.
    pub blocks: EntitySet<Block>,
}

/// The loops of a function, outer before inner ones.
///
/// # Panics
/// On a declaration.
pub fn loops(func: &Function) -> Vec<Loop> {
    let tree = dominators(func);
    let preds = predecessors(func);
    let mut found = Vec::new();
    for &header in tree.preorder() {
        let mut latches: Vec<Block> = preds[header].clone();
        latches.retain(|&latch| tree.dominates(header, latch));
        latches.dedup();
        if latches.is_empty() {
            continue;
        }
        let mut blocks = EntitySet::new();
        blocks.insert(header);
        let mut pending = latches.clone();
        while let Some(block) = pending.pop() {
            if tree.is_reachable(block) && blocks.insert(block) {
                pending.extend(&preds[block]);
            }
        }
        found.push(Loop {
            header,
            latches,
            blocks,
        });
    }
    found
}

/// The first edge that closes a cycle in a walk from the entry, as (source, destination): `None` if the function ends
/// whatever it does. Finds cycles that are no natural loops too.
pub fn back_edge(func: &Function) -> Option<(Block, Block)> {
    let mut open = EntitySet::new();
    let mut seen = EntitySet::new();
    let mut path: Vec<(Block, Vec<Block>)> = Vec::new();
    let mut enter = func.layout.first().copied();
    loop {
        if let Some(block) = enter.take() {
            open.insert(block);
            seen.insert(block);
            let mut successors: Vec<Block> = func.successors(block).collect();
            successors.reverse();
            path.push((block, successors));
        }
        let (block, rest) = path.last_mut()?;
        let block = *block;
        match rest.pop() {
            None => {
                open.remove(block);
                path.pop();
            }
            Some(next) if open.contains(next) => return Some((block, next)),
            Some(next) if !seen.contains(next) => enter = Some(next),
            Some(_) => {}
        }
    }
}
