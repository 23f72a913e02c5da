//! Which places of a block of values belong to no key.
//!
//! A place that is given back is taken again as late as possible: whoever still holds a pointer to the old value then reads
//! the old value for a while, as in Linux.

use std::collections::VecDeque;

/// The places `0..=last`.
#[derive(Debug)]
pub(super) struct Slots {
    /// Slots that were used once, oldest first.
    free: VecDeque<u32>,
    /// Slots from here on were never used.
    fresh: u64,
    last: u32,
}

impl Slots {
    pub(super) fn up_to(last: u32) -> Slots {
        Slots {
            free: VecDeque::new(),
            fresh: 0,
            last,
        }
    }

    /// A place that no key points to.
    pub(super) fn take(&mut self) -> Option<u32> {
        if self.fresh <= self.last.into() {
            self.fresh += 1;
            return Some((self.fresh - 1) as u32);
        }
        self.free.pop_front()
    }

    pub(super) fn give(&mut self, slot: u32) {
        self.free.push_back(slot);
    }
}
