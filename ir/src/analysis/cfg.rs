//! The control-flow graph: which blocks lead where. [`Cfg`] shows a function to petgraph's algorithms.

use petgraph::visit::{
    Data, DfsPostOrder, GraphBase, GraphProp, IntoEdgeReferences, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences, NodeCompactIndexable,
    NodeCount, NodeIndexable, VisitMap, Visitable, Walker,
};
use petgraph::{Directed, Direction};

use crate::entity::{Block, EntitySet, SecondaryMap};
use crate::function::{BlockData, Function};

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

/// The blocks that can be reached, each before the blocks it leads to except around loops.
///
/// # Panics
/// On a declaration.
pub fn reverse_postorder(func: &Function) -> Vec<Block> {
    let cfg = Cfg::new(func);
    let mut order: Vec<Block> = DfsPostOrder::new(&cfg, func.entry()).iter(&cfg).collect();
    order.reverse();
    order
}

/// A function's blocks and edges as a petgraph graph. Two edges between the same blocks count as one.
pub struct Cfg<'f> {
    func: &'f Function,
    successors: SecondaryMap<Block, Vec<Block>>,
    predecessors: SecondaryMap<Block, Vec<Block>>,
    /// Position of each block in the layout.
    positions: SecondaryMap<Block, usize>,
}

impl<'f> Cfg<'f> {
    /// The graph of `func` as it is now.
    pub fn new(func: &'f Function) -> Cfg<'f> {
        let mut cfg = Cfg {
            func,
            successors: SecondaryMap::new(),
            predecessors: SecondaryMap::new(),
            positions: SecondaryMap::new(),
        };
        for (position, &block) in func.layout.iter().enumerate() {
            cfg.positions[block] = position;
            for successor in func.successors(block) {
                if !cfg.successors[block].contains(&successor) {
                    cfg.successors[block].push(successor);
                    cfg.predecessors[successor].push(block);
                }
            }
        }
        cfg
    }
}

impl GraphBase for Cfg<'_> {
    type NodeId = Block;
    type EdgeId = (Block, Block);
}

impl GraphProp for Cfg<'_> {
    type EdgeType = Directed;
}

impl Data for Cfg<'_> {
    type NodeWeight = BlockData;
    type EdgeWeight = ();
}

impl Visitable for Cfg<'_> {
    type Map = Visited;

    fn visit_map(&self) -> Visited {
        Visited(EntitySet::new())
    }

    fn reset_map(&self, map: &mut Visited) {
        map.0.clear();
    }
}

/// The blocks a petgraph walk has seen.
pub struct Visited(EntitySet<Block>);

impl VisitMap<Block> for Visited {
    fn visit(&mut self, block: Block) -> bool {
        self.0.insert(block)
    }

    fn is_visited(&self, block: &Block) -> bool {
        self.0.contains(*block)
    }

    fn unvisit(&mut self, block: Block) -> bool {
        self.0.remove(block)
    }
}

impl NodeIndexable for Cfg<'_> {
    fn node_bound(&self) -> usize {
        self.func.layout.len()
    }

    fn to_index(&self, block: Block) -> usize {
        self.positions[block]
    }

    fn from_index(&self, index: usize) -> Block {
        self.func.layout[index]
    }
}

impl NodeCount for Cfg<'_> {
    fn node_count(&self) -> usize {
        self.func.layout.len()
    }
}

impl NodeCompactIndexable for Cfg<'_> {}

type Blocks<'g> = std::iter::Copied<std::slice::Iter<'g, Block>>;

impl<'g> IntoNeighbors for &'g Cfg<'_> {
    type Neighbors = Blocks<'g>;

    fn neighbors(self, block: Block) -> Blocks<'g> {
        self.successors[block].iter().copied()
    }
}

impl<'g> IntoNeighborsDirected for &'g Cfg<'_> {
    type NeighborsDirected = Blocks<'g>;

    fn neighbors_directed(self, block: Block, direction: Direction) -> Blocks<'g> {
        match direction {
            Direction::Outgoing => self.successors[block].iter().copied(),
            Direction::Incoming => self.predecessors[block].iter().copied(),
        }
    }
}

impl<'g> IntoNodeIdentifiers for &'g Cfg<'_> {
    type NodeIdentifiers = Blocks<'g>;

    fn node_identifiers(self) -> Blocks<'g> {
        self.func.layout.iter().copied()
    }
}

impl<'g> IntoNodeReferences for &'g Cfg<'_> {
    type NodeRef = (Block, &'g BlockData);
    type NodeReferences = std::vec::IntoIter<(Block, &'g BlockData)>;

    fn node_references(self) -> Self::NodeReferences {
        let blocks = self.func.layout.iter();
        let nodes: Vec<_> = blocks.map(|&b| (b, self.func.block(b))).collect();
        nodes.into_iter()
    }
}

impl<'g> IntoEdgeReferences for &'g Cfg<'_> {
    type EdgeRef = (Block, Block, &'g ());
    type EdgeReferences = std::vec::IntoIter<(Block, Block, &'g ())>;

    fn edge_references(self) -> Self::EdgeReferences {
        let blocks = self.func.layout.iter();
        let edges: Vec<_> = blocks
            .flat_map(|&from| self.successors[from].iter().map(move |&to| (from, to, &())))
            .collect();
        edges.into_iter()
    }
}
