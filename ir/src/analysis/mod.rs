//! Facts about functions and modules, computed on demand and thrown away: no pass has to keep them up to date.

pub mod callgraph;
pub mod cfg;
pub mod dominators;
pub mod dot;
pub mod liveness;
pub mod loops;
pub mod uses;

pub use cfg::{Cfg, predecessors, reachable, reverse_postorder};
pub use dominators::{DomTree, dominators};
pub use uses::use_counts;
