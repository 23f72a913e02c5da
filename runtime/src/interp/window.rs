//! Memory that was checked a moment ago.
//!
//! A register mostly points into one frame, value or buffer for a while. So after a full check, the loop keeps the bounds of what
//! was found there, for the base register and for the kind of access; the next access needs two comparisons if it stays inside.
//!
//! Memory of a program goes when a function returns, which ends its frame, and when the host frees a block of the heap. That is
//! when all windows are closed.

use bpfcc_isa::Reg;

use crate::memory::Window;

/// One window for each base register and direction.
#[derive(Default)]
pub(super) struct Windows {
    pub(super) reads: [Window; Reg::COUNT],
    pub(super) writes: [Window; Reg::COUNT],
}
