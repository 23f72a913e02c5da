//! What `malloc` gives out: blocks of zeros that belong to one run.
//!
//! Each block is a region of its own, so an access beyond its end, or after `free`, is a fault of the interpreter. All blocks
//! of a run together are bounded: a program that asks for more gets NULL, as C permits.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::memory::{Region, RegionKind, Rights};

/// Bytes of all blocks of a run together.
const HEAP_BYTES: u64 = 16 << 20;

/// What a block takes besides its bytes, so that a program cannot ask for any number of empty ones.
const BLOCK_COST: u64 = 64;

/// Alignment that suits every type (C11 7.22.3p1).
#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct Unit([u8; 16]);

/// A block that is in use.
struct Block {
    len: u64,
    /// The memory, which the program reaches through its address.
    _units: Vec<Unit>,
}

/// The blocks of one run, by address.
#[derive(Default)]
pub(crate) struct Heap {
    blocks: RefCell<BTreeMap<u64, Block>>,
    /// Bytes of all blocks with what they cost.
    taken: Cell<u64>,
}

impl std::fmt::Debug for Heap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let blocks = self.blocks.borrow();
        let sizes = blocks.iter().map(|(base, block)| (base, block.len));
        f.debug_map().entries(sizes).finish()
    }
}

impl Heap {
    /// A new block of zeros; `None` if there is no room.
    pub(crate) fn allocate(&self, len: u64) -> Option<u64> {
        let taken = len.checked_add(self.taken.get() + BLOCK_COST)?;
        if taken > HEAP_BYTES {
            return None;
        }
        self.taken.set(taken);
        // One unit at least gives every block an address of its own.
        let count = len.div_ceil(size_of::<Unit>() as u64).max(1);
        let mut units = vec![Unit([0; 16]); count as usize];
        let base = units.as_mut_ptr().expose_provenance() as u64;
        let block = Block { len, _units: units };
        self.blocks.borrow_mut().insert(base, block);
        Some(base)
    }

    /// Whether no block is in use.
    pub(crate) fn is_empty(&self) -> bool {
        self.taken.get() == 0
    }

    /// Gives a block back; whether there was one that starts there.
    pub(crate) fn release(&self, base: u64) -> bool {
        let Some(block) = self.blocks.borrow_mut().remove(&base) else {
            return false;
        };
        self.taken.set(self.taken.get() - block.len - BLOCK_COST);
        true
    }

    /// The size of the block that starts there.
    pub(crate) fn size_of_block(&self, base: u64) -> Option<u64> {
        self.blocks.borrow().get(&base).map(|block| block.len)
    }

    /// The block around an address.
    pub(crate) fn region_at(&self, addr: u64) -> Option<Region> {
        let blocks = self.blocks.borrow();
        let (&base, block) = blocks.range(..=addr).next_back()?;
        let region = Region::bytes(base, block.len, Rights::ReadWrite, RegionKind::Heap);
        region.contains(addr).then_some(region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Access;

    #[test]
    fn a_block_ends_where_it_ends() {
        let heap = Heap::default();
        let base = heap.allocate(5).unwrap();
        assert!(base.is_multiple_of(16));
        let region = heap.region_at(base + 4).unwrap();
        assert!(region.check(base, 5, Access::Write).is_ok());
        assert!(region.check(base, 6, Access::Write).is_err());
        assert!(heap.region_at(base + 5).is_none());
        assert!(heap.release(base) && !heap.release(base));
        assert!(heap.region_at(base).is_none());
    }

    #[test]
    fn the_heap_is_bounded() {
        let heap = Heap::default();
        assert!(heap.allocate(u64::MAX).is_none());
        assert!(heap.allocate(HEAP_BYTES).is_none());
        let most = HEAP_BYTES - BLOCK_COST;
        let base = heap.allocate(most).unwrap();
        assert!(heap.allocate(0).is_none());
        assert!(heap.release(base));
        assert!(heap.allocate(most).is_some());
    }
}
