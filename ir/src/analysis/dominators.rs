//! Dominators: block `a` dominates block `b` if every path from the entry to `b` goes through `a`.
//!
//! petgraph finds the immediate dominators; numbering the tree they form (a block's number and the last number below it)
//! answers "does `a` dominate `b`" by two comparisons.

use petgraph::algo::dominators::simple_fast;

use super::cfg::{Cfg, reverse_postorder};
use crate::entity::{Block, PackedOption, SecondaryMap};
use crate::function::Function;

/// The dominator tree of a function's reachable blocks.
pub struct DomTree {
    idom: SecondaryMap<Block, PackedOption<Block>>,
    children: SecondaryMap<Block, Vec<Block>>,
    preorder: Vec<Block>,
    /// Position in `preorder` and the position behind the subtree; an empty range for unreachable blocks.
    ranges: SecondaryMap<Block, (usize, usize)>,
}

/// Computes the dominator tree.
///
/// # Panics
/// On a declaration.
pub fn dominators(func: &Function) -> DomTree {
    let cfg = Cfg::new(func);
    let immediate = simple_fast(&cfg, func.entry());
    let mut tree = DomTree {
        idom: SecondaryMap::new(),
        children: SecondaryMap::new(),
        preorder: Vec::new(),
        ranges: SecondaryMap::new(),
    };
    for block in reverse_postorder(func) {
        if let Some(parent) = immediate.immediate_dominator(block) {
            tree.idom[block] = parent.into();
            tree.children[parent].push(block);
        }
    }
    tree.number(func.entry());
    tree
}

impl DomTree {
    fn number(&mut self, entry: Block) {
        let mut pending = vec![(entry, false)];
        while let Some((block, done)) = pending.pop() {
            if done {
                self.ranges[block].1 = self.preorder.len();
                continue;
            }
            self.ranges[block].0 = self.preorder.len();
            self.preorder.push(block);
            pending.push((block, true));
            let children = self.children[block].iter().rev();
            pending.extend(children.map(|&child| (child, false)));
        }
    }

    /// Whether control can reach `block`.
    pub fn is_reachable(&self, block: Block) -> bool {
        let (first, end) = self.ranges[block];
        first < end
    }

    /// Whether every path to `b` goes through `a`; a block dominates itself. False for unreachable blocks.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        let (first, end) = self.ranges[a];
        let (at, _) = self.ranges[b];
        self.is_reachable(b) && (first..end).contains(&at)
    }

    /// The nearest other block that dominates `block`; `None` for the entry and unreachable blocks.
    pub fn idom(&self, block: Block) -> Option<Block> {
        self.idom[block].expand()
    }

    /// The blocks whose immediate dominator is `block`.
    pub fn children(&self, block: Block) -> &[Block] {
        &self.children[block]
    }

    /// All reachable blocks, each after the blocks that dominate it.
    pub fn preorder(&self) -> &[Block] {
        &self.preorder
    }
}
