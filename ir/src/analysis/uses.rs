//! How often values are used.

use crate::entity::{SecondaryMap, Value};
use crate::function::Function;

/// For each value the number of operands that name it, in the whole layout.
pub fn use_counts(func: &Function) -> SecondaryMap<Value, u32> {
    let mut counts: SecondaryMap<Value, u32> = SecondaryMap::new();
    for (_, inst) in func.insts_in_order() {
        func.inst(inst).for_each_arg(|value| counts[value] += 1);
    }
    counts
}
