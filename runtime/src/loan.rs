//! What a run holds and must give back: records of ring buffers between reservation and submission, and a spin lock.
//!
//! Linux refuses a program that may keep either. Here the interpreter tells when the program ends, and whatever is left is
//! given back then, so that others go on.

use std::cell::{Cell, RefCell};
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

/// The loans of one run.
#[derive(Debug, Default)]
pub(crate) struct Loans {
    /// By address.
    records: RefCell<BTreeMap<u64, Loan>>,
    /// The spin lock that is held.
    lock: Cell<Option<u64>>,
}

impl Loans {
    pub(crate) fn lend(&self, address: u64, loan: Loan) {
        self.records.borrow_mut().insert(address, loan);
    }

    pub(crate) fn take_back(&self, address: u64) -> Option<Loan> {
        self.records.borrow_mut().remove(&address)
    }

    pub(crate) fn is_lent(&self, address: u64) -> bool {
        self.records.borrow().contains_key(&address)
    }

    /// Any record that was not given back.
    pub(crate) fn first(&self) -> Option<u64> {
        self.records.borrow().keys().next().copied()
    }

    /// The spin lock that the run holds.
    pub(crate) fn lock(&self) -> Option<u64> {
        self.lock.get()
    }

    pub(crate) fn set_lock(&self, address: Option<u64>) {
        self.lock.set(address);
    }

    /// The record around an address.
    pub(crate) fn region_at(&self, addr: u64) -> Option<Region> {
        let records = self.records.borrow();
        let (&base, loan) = records.range(..=addr).next_back()?;
        let region = Region::bytes(base, loan.len, Rights::ReadWrite, RegionKind::Record);
        region.contains(addr).then_some(region)
    }
}
