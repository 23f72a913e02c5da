//! Memory of the evaluator: regions at addresses of their own, every access checked.

use std::collections::BTreeMap;

use bpfcc_isa::{Endian, Size};

use super::Fault;

/// Reading and writing by address: what a host function gets to see of the evaluator's stack and globals.
pub trait Memory {
    /// Load in the module's byte order, zero-extended.
    ///
    /// # Errors
    /// If the bytes are not all readable.
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault>;

    /// Stores the low bytes of `value`.
    ///
    /// # Errors
    /// If the bytes are not all writable.
    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault>;

    /// Reads `len` bytes.
    ///
    /// # Errors
    /// As for [`Memory::load`].
    fn read(&mut self, addr: u64, len: usize) -> Result<Vec<u8>, Fault> {
        (0..len as u64)
            .map(|i| Ok(self.load(addr.wrapping_add(i), Size::B)? as u8))
            .collect()
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// As for [`Memory::store`].
    fn write(&mut self, addr: u64, bytes: &[u8]) -> Result<(), Fault> {
        for (i, &byte) in bytes.iter().enumerate() {
            self.store(addr.wrapping_add(i as u64), Size::B, byte.into())?;
        }
        Ok(())
    }
}

/// A slot of a frame or a global.
struct Region {
    bytes: Vec<u8>,
    /// Whether each byte was ever written.
    written: Vec<bool>,
    writable: bool,
}

/// Regions by start address.
pub(super) struct Regions {
    endian: Endian,
    regions: BTreeMap<u64, Region>,
    pub(super) trap_uninitialised: bool,
}

impl Regions {
    /// No regions yet; numbers will have this byte order.
    pub(super) fn new(endian: Endian) -> Regions {
        Regions {
            endian,
            regions: BTreeMap::new(),
            trap_uninitialised: false,
        }
    }

    /// A stack slot: not written yet, reads as zeros.
    pub(super) fn add_slot(&mut self, addr: u64, size: u32) {
        let region = Region {
            bytes: vec![0; size as usize],
            written: vec![false; size as usize],
            writable: true,
        };
        self.regions.insert(addr, region);
    }

    pub(super) fn add_global(&mut self, addr: u64, bytes: Vec<u8>, writable: bool) {
        let region = Region {
            written: vec![true; bytes.len()],
            bytes,
            writable,
        };
        self.regions.insert(addr, region);
    }

    pub(super) fn remove(&mut self, addr: u64) {
        self.regions.remove(&addr);
    }

    /// Whether the byte at `addr` is in a region.
    pub(super) fn owns(&self, addr: u64) -> bool {
        self.regions
            .range(..=addr)
            .next_back()
            .is_some_and(|(start, region)| addr - start < region.bytes.len() as u64)
    }

    /// The region with all of these bytes, and the position of the first.
    fn find(&mut self, addr: u64, len: u64) -> Result<(&mut Region, usize), Fault> {
        let outside = Fault::OutOfBounds { addr, len };
        match self.regions.range_mut(..=addr).next_back() {
            Some((start, region)) => {
                let at = addr - start;
                if at.saturating_add(len) <= region.bytes.len() as u64 {
                    Ok((region, at as usize))
                } else {
                    Err(outside)
                }
            }
            None => Err(outside),
        }
    }

    /// A byte, and whether it was ever written; for copies, which may copy padding.
    pub(super) fn copy_byte(&mut self, addr: u64) -> Result<(u8, bool), Fault> {
        let (region, at) = self.find(addr, 1)?;
        Ok((region.bytes[at], region.written[at]))
    }

    /// Writes a byte that came from [`Regions::copy_byte`].
    pub(super) fn paste_byte(&mut self, addr: u64, byte: (u8, bool)) -> Result<(), Fault> {
        self.store(addr, Size::B, byte.0.into())?;
        let (region, at) = self.find(addr, 1)?;
        region.written[at] = byte.1;
        Ok(())
    }
}

impl Memory for Regions {
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let len = size.bytes() as usize;
        let (endian, trap) = (self.endian, self.trap_uninitialised);
        let (region, at) = self.find(addr, len as u64)?;
        if trap && !region.written[at..at + len].iter().all(|&w| w) {
            return Err(Fault::Uninitialised { addr });
        }
        let mut bytes = [0; 8];
        bytes[..len].copy_from_slice(&region.bytes[at..at + len]);
        endian.arrange(&mut bytes[..len]);
        Ok(u64::from_le_bytes(bytes))
    }

    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        let len = size.bytes() as usize;
        let mut bytes = value.to_le_bytes();
        self.endian.arrange(&mut bytes[..len]);
        let (region, at) = self.find(addr, len as u64)?;
        if !region.writable {
            return Err(Fault::ReadOnly { addr });
        }
        region.bytes[at..at + len].copy_from_slice(&bytes[..len]);
        region.written[at..at + len].fill(true);
        Ok(())
    }
}
