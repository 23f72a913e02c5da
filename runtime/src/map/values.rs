//! Where the values of a map live: one block of zeroed memory that never moves, with room for a fixed number of values.
//!
//! The operating system commits pages when they are touched, so a large and mostly empty map costs little.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

use crate::map::{MapError, MapSpec};
use crate::memory::{self, Region};

/// Values are aligned so that atomic operations on them work (Linux rounds sizes up to 8 too); the block as a whole to a
/// cache line.
const VALUE_ALIGN: u64 = 8;
const BLOCK_ALIGN: usize = 64;

/// Linux refuses maps beyond what the memory accounting permits; here is the bound on one map.
const MAX_BYTES: u64 = 1 << 36;

#[derive(Debug)]
pub(super) struct Values {
    block: NonNull<u8>,
    layout: Layout,
    stride: u64,
    value_size: u32,
    count: u64,
}

// SAFETY: the block is plain memory, and all access goes through relaxed atomics (`memory::copy_*`).
unsafe impl Send for Values {}
// SAFETY: as above.
unsafe impl Sync for Values {}

impl Values {
    /// Room for `spec.max_entries + spare` zeroed values.
    pub(super) fn new(spec: &MapSpec, spare: u32) -> Result<Values, MapError> {
        let out_of_memory = MapError::OutOfMemory {
            entries: spec.max_entries,
            value_size: spec.value_size,
        };
        let stride = u64::from(spec.value_size).next_multiple_of(VALUE_ALIGN);
        let count = u64::from(spec.max_entries) + u64::from(spare);
        let bytes = stride.checked_mul(count).filter(|&n| n <= MAX_BYTES);
        let layout = bytes
            .and_then(|bytes| usize::try_from(bytes).ok())
            .and_then(|bytes| Layout::from_size_align(bytes, BLOCK_ALIGN).ok())
            .ok_or(out_of_memory)?;
        // SAFETY: neither the stride nor the count is 0, so the size is not 0.
        let block = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(out_of_memory)?;
        Ok(Values {
            block,
            layout,
            stride,
            value_size: spec.value_size,
            count,
        })
    }

    /// The address of a value.
    pub(super) fn address(&self, index: u32) -> u64 {
        assert!(
            u64::from(index) < self.count,
            "value {index} is beyond the block"
        );
        self.block.as_ptr().expose_provenance() as u64 + u64::from(index) * self.stride
    }

    /// Replaces a value.
    pub(super) fn set(&self, index: u32, value: &[u8]) {
        assert!(
            value.len() <= self.value_size as usize,
            "the value is too long"
        );
        // SAFETY: the value lies in the block, and both were checked to be in range.
        unsafe { memory::copy_to(self.address(index), value) };
    }

    pub(super) fn region(&self, spec: &MapSpec) -> Region {
        Region::values(
            self.address(0),
            self.stride,
            u64::from(self.value_size),
            self.count,
            spec.rights(),
        )
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this layout.
        unsafe { dealloc(self.block.as_ptr(), self.layout) };
    }
}
