//! Frames that are larger than the machine's lose the variables that nobody reads, and those that fit into values.
//!
//! ```text
//! slot s0: 600 "unread"
//! v1: ptr.stack = slot_addr s0+8      ──►   (nothing)
//! store.u64 v1+0, v0
//! ```
//!
//! The declaration of a large array is no reason to refuse a program: what counts is the room that it takes in the end.
//! Optimising finds that out anyway; this pass does the same for one function where nothing else is optimised. Functions whose
//! variables fit stay as they are.

use bpfcc_isa::stack::FRAME_BYTES;

use crate::function::Function;
use crate::pass::{Changed, dce, fold, promote, simplify_cfg};

/// Empties the frame of a function that is too large.
pub fn run(func: &mut Function) -> Changed {
    let bytes: u64 = func.slots.values().map(|slot| u64::from(slot.size)).sum();
    if bytes <= u64::from(FRAME_BYTES) {
        return Changed::No;
    }
    let passes = [
        fold::run,
        promote::run,
        fold::run,
        simplify_cfg::run,
        dce::run,
    ];
    let changed = passes
        .iter()
        .fold(false, |changed, run| (run(func) == Changed::Yes) | changed);
    changed.into()
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn a_large_variable_that_nobody_reads_goes_and_one_that_fits_stays() {
        rewrites(
            super::run,
            "fn @large(v0: i64) {
                slot s0: 600 align 8 \"unread\"
            b0:
                v1: ptr.stack = slot_addr s0+8
                store.u64 v1+0, v0
                return
            }
            fn @small(v0: i64) {
                slot s0: 512 align 8 \"unread\"
            b0:
                v1: ptr.stack = slot_addr s0+8
                store.u64 v1+0, v0
                return
            }",
            "fn @large(v0: i64) {
            b0:
                return
            }
            fn @small(v0: i64) {
                slot s0: 512 align 8 \"unread\"
            b0:
                v1: ptr.stack = slot_addr s0+8
                store.u64 v1+0, v0
                return
            }",
        );
    }
}
