//! Liveness: a value is live where some path leads to a use of it before its definition is met again.

use super::cfg::{predecessors, reverse_postorder};
use crate::entity::{Block, EntitySet, SecondaryMap, Value};
use crate::function::Function;

/// Values live at the ends of blocks.
pub struct Liveness {
    /// Live where the block starts; the block's own parameters are not among them.
    pub live_in: SecondaryMap<Block, EntitySet<Value>>,
    /// Live behind the terminator. What a terminator passes to parameters is used by the terminator itself.
    pub live_out: SecondaryMap<Block, EntitySet<Value>>,
}

/// Computes liveness by the textbook's equation, last blocks first, until nothing changes.
///
/// # Panics
/// On a declaration.
pub fn liveness(func: &Function) -> Liveness {
    let preds = predecessors(func);
    let mut result = Liveness {
        live_in: SecondaryMap::new(),
        live_out: SecondaryMap::new(),
    };
    let mut pending = reverse_postorder(func);
    while let Some(block) = pending.pop() {
        let mut live: EntitySet<Value> = EntitySet::new();
        for successor in func.successors(block) {
            result.live_in[successor].iter().for_each(|value| {
                live.insert(value);
            });
        }
        result.live_out[block] = live.clone();
        for &inst in func.block(block).insts.iter().rev() {
            if let Some(value) = func.result(inst) {
                live.remove(value);
            }
            func.inst(inst).for_each_arg(|value| {
                live.insert(value);
            });
        }
        for &param in &func.block(block).params {
            live.remove(param);
        }
        let grown = live
            .iter()
            .any(|value| !result.live_in[block].contains(value));
        if grown {
            result.live_in[block] = live;
            pending.extend(&preds[block]);
        }
    }
    result
}
