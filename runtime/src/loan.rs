//! What a run holds and must give back: records of ring buffers between reservation and submission.
//!
//! Linux refuses a program that may keep one. Here the interpreter tells when the program ends, and whatever is left is given
//! back then, so that readers of the ring go on.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::memory::{Region, RegionKind, Rights};

/// A record that is being written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Loan {
    /// Its bytes.
    pub(crate) len: u64,
    /// The pointer by which programs name its ring buffer.
    pub(crate) map: u64,
}

/// The loans of one run, by address.
#[derive(Debug, Default)]
pub(crate) struct Loans(RefCell<BTreeMap<u64, Loan>>);

impl Loans {
    pub(crate) fn lend(&self, address: u64, loan: Loan) {
        self.0.borrow_mut().insert(address, loan);
    }

    pub(crate) fn take_back(&self, address: u64) -> Option<Loan> {
        self.0.borrow_mut().remove(&address)
    }

    pub(crate) fn is_lent(&self, address: u64) -> bool {
        self.0.borrow().contains_key(&address)
    }

    /// Any record that was not given back.
    pub(crate) fn first(&self) -> Option<u64> {
        self.0.borrow().keys().next().copied()
    }

    /// The record around an address.
    pub(crate) fn region_at(&self, addr: u64) -> Option<Region> {
        let records = self.0.borrow();
        let (&base, loan) = records.range(..=addr).next_back()?;
        let region = Region::bytes(base, loan.len, Rights::ReadWrite, RegionKind::Record);
        region.contains(addr).then_some(region)
    }
}
