//! The memory a program may touch, as a list of regions; every access of the interpreter is held against it.
//!
//! Addresses are those of the host, so that a pointer means the same to the interpreter, to translated code and to a host
//! function. Five kinds of regions exist during a run:
//!
//! ```text
//!  stack      8 frames of 512 bytes; only those of functions that have not returned may be touched
//!  context    what R1 points to at entry: whole, or only the fields that the environment declares
//!  values     of maps and of the data sections: as long as the program is loaded
//!  heap       blocks from `malloc`, until they are freed or the run ends (`crate::heap`)
//!  records    of ring buffers, from `bpf_ringbuf_reserve` until they are submitted or discarded (`crate::loan`)
//! ```
//!
//! Bytes lie in memory as on the machine that the program is for; where that has another byte order than the host, numbers are
//! swapped between memory and registers.
//!
//! An access must lie within *one* value, field or frame: reaching from one into the next is a fault, although the bytes
//! exist.

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering, fence};

use bpfcc_isa::{AtomicOp, Endian, Size};

use crate::env::Context;
use crate::heap::Heap;
use crate::loan::Loans;

/// Bytes of one stack frame.
pub const FRAME_BYTES: u64 = 512;
/// Frames that may be alive at once (Linux `MAX_CALL_FRAMES`).
pub const MAX_FRAMES: usize = 8;
/// Bytes of the whole stack.
pub(crate) const STACK_BYTES: usize = FRAME_BYTES as usize * MAX_FRAMES;

/// Addresses below this one count as NULL plus an offset.
const NULL_PAGE: u64 = 4096;

/// What an access wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// To read.
    Read,
    /// To write, or to read and write.
    Write,
}

/// What a region permits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rights {
    /// Reading only.
    Read,
    /// Writing only (`BPF_F_WRONLY_PROG`).
    Write,
    /// Both.
    ReadWrite,
}

impl Rights {
    pub(crate) fn permit(self, access: Access) -> bool {
        match access {
            Access::Read => self != Rights::Write,
            Access::Write => self != Rights::Read,
        }
    }
}

/// What a region holds; used in messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RegionKind {
    /// Stack frames.
    Stack,
    /// The context.
    Context,
    /// Values of a map or a data section.
    Values,
    /// A block of the heap.
    Heap,
    /// A record of a ring buffer.
    Record,
}

impl fmt::Display for RegionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RegionKind::Stack => "stack frame",
            RegionKind::Context => "context",
            RegionKind::Values => "map value",
            RegionKind::Heap => "heap block",
            RegionKind::Record => "ring buffer record",
        })
    }
}

/// `count` units of `unit` bytes, `stride` bytes apart.
///
/// ```text
///  base        base + stride
///  ┌──────┬───┬──────┬───┬──────┬───┐
///  │ unit │   │ unit │   │ unit │   │
///  └──────┴───┴──────┴───┴──────┴───┘
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region {
    base: u64,
    stride: u64,
    unit: u64,
    count: u64,
    rights: Rights,
    kind: RegionKind,
}

impl Region {
    /// Bytes without inner structure.
    pub(crate) fn bytes(base: u64, len: u64, rights: Rights, kind: RegionKind) -> Region {
        Region {
            base,
            stride: len.max(1),
            unit: len,
            count: 1,
            rights,
            kind,
        }
    }

    /// No bytes at all.
    pub(crate) const NOWHERE: Region = Region {
        base: 0,
        stride: 1,
        unit: 0,
        count: 0,
        rights: Rights::Read,
        kind: RegionKind::Values,
    };

    /// The values of a map.
    pub(crate) fn values(base: u64, stride: u64, unit: u64, count: u64, rights: Rights) -> Region {
        Region {
            base,
            stride: stride.max(1),
            unit,
            count,
            rights,
            kind: RegionKind::Values,
        }
    }

    /// The same memory as smaller units.
    pub(crate) fn divided(&self, unit: u64, stride: u64) -> Region {
        Region {
            stride,
            unit,
            count: self.len() / stride,
            ..*self
        }
    }

    /// The first address.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// The bytes from the first unit to the end of the last.
    pub fn len(&self) -> u64 {
        self.stride * self.count
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.unit == 0 || self.count == 0
    }

    pub(crate) fn contains(&self, addr: u64) -> bool {
        addr.wrapping_sub(self.base) < self.len()
    }

    /// The unit that this address is in or behind. The address must be in the region.
    fn unit_around(&self, addr: u64) -> Window {
        Window {
            base: addr - (addr - self.base) % self.stride,
            len: self.unit,
        }
    }

    /// Whether this access stays within one unit. The address must be in the region.
    pub(crate) fn check(&self, addr: u64, len: u64, access: Access) -> Result<(), Denied> {
        let within = (addr - self.base) % self.stride;
        if within.checked_add(len).is_none_or(|end| end > self.unit) {
            return Err(Denied::Overrun {
                kind: self.kind,
                at: within,
                size: self.unit,
            });
        }
        if self.rights.permit(access) {
            Ok(())
        } else {
            Err(Denied::Rights(self.kind))
        }
    }
}

/// Bytes that may be accessed at any place and in any size.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    base: u64,
    len: u64,
}

impl Window {
    /// Whether all bytes of an access are inside.
    #[inline(always)]
    pub(crate) fn holds(self, addr: u64, size: Size) -> bool {
        let within = addr.wrapping_sub(self.base);
        within < self.len && self.len - within >= u64::from(size.bytes())
    }
}

/// Why an access is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Denied {
    /// The pointer is NULL, or NULL plus a small offset.
    #[error("the pointer is NULL")]
    Null,
    /// The address is in no region.
    #[error("no memory of the program is there")]
    Unmapped,
    /// The access starts in a unit of a region and does not end in it.
    #[error("it starts {at} bytes into a {kind} of {size} bytes")]
    Overrun {
        /// What is there.
        kind: RegionKind,
        /// Offset of the access in the unit.
        at: u64,
        /// Size of the unit.
        size: u64,
    },
    /// The context has no field there that may be accessed like this.
    #[error("the context of environment `{environment}` has no such field at offset {offset}")]
    Field {
        /// The environment.
        environment: &'static str,
        /// Byte offset in the context.
        offset: u64,
    },
    /// The field is not to be taken apart.
    #[error("this field of the context is accessed as a whole, {0} bytes")]
    Partial(u32),
    /// The region does not permit it.
    #[error("this {0} may not be accessed like this")]
    Rights(RegionKind),
    /// An atomic operation needs an address that is a multiple of its size.
    #[error("an atomic operation needs an aligned address")]
    Misaligned,
}

/// What R1 points to at entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextBytes<'a> {
    pub(crate) base: u64,
    pub(crate) len: u64,
    pub(crate) layout: &'a Context,
}

impl ContextBytes<'_> {
    fn whole(&self) -> Region {
        Region::bytes(self.base, self.len, Rights::ReadWrite, RegionKind::Context)
    }
}

/// What is at an address.
enum Place<'a> {
    Region(Region),
    /// A context of fields.
    Context(&'a ContextBytes<'a>),
}

/// All regions of one run.
#[derive(Debug)]
pub(crate) struct Memory<'a> {
    stack_top: u64,
    /// Lowest address of the frames that are alive.
    stack_low: Cell<u64>,
    context: Option<ContextBytes<'a>>,
    /// By ascending base, not overlapping.
    values: &'a [Region],
    heap: Heap,
    loans: Loans,
    /// Whether the program's numbers have the other byte order than the host's.
    is_foreign: bool,
}

impl<'a> Memory<'a> {
    /// With one frame alive.
    pub(crate) fn new(
        stack_top: u64,
        context: Option<ContextBytes<'a>>,
        values: &'a [Region],
        endian: Endian,
    ) -> Memory<'a> {
        Memory {
            stack_top,
            stack_low: Cell::new(stack_top - FRAME_BYTES),
            context,
            values,
            heap: Heap::default(),
            loans: Loans::default(),
            is_foreign: endian != Endian::HOST,
        }
    }

    /// The blocks that the program asked for.
    pub(crate) fn heap(&self) -> &Heap {
        &self.heap
    }

    /// What the run must give back.
    pub(crate) fn loans(&self) -> &Loans {
        &self.loans
    }

    /// Whether there is memory now that a host function can take away.
    pub(crate) fn can_shrink(&self) -> bool {
        !self.heap.is_empty() || self.loans.first().is_some()
    }

    /// R10 of the outermost function.
    pub(crate) fn stack_top(&self) -> u64 {
        self.stack_top
    }

    /// Where the context is, if there is one.
    pub(crate) fn context_base(&self) -> Option<u64> {
        self.context.map(|context| context.base)
    }

    /// Says how many frames are alive.
    pub(crate) fn set_frames(&self, count: usize) {
        self.stack_low
            .set(self.stack_top - FRAME_BYTES * count as u64);
    }

    /// Whether `len` bytes at `addr` may be accessed.
    pub(crate) fn check(&self, addr: u64, len: u64, access: Access) -> Result<(), Denied> {
        match self.place_of(addr) {
            Some(Place::Region(region)) => region.check(addr, len, access),
            Some(Place::Context(context)) => check_context(context, addr, len, access),
            None if addr < NULL_PAGE => Err(Denied::Null),
            None => Err(Denied::Unmapped),
        }
    }

    /// Bytes around `addr` that may all be accessed like this, and hold numbers in the host's order; empty if it is not as
    /// simple as that.
    pub(crate) fn window(&self, addr: u64, access: Access) -> Window {
        match self.place_of(addr) {
            Some(Place::Region(region)) if region.rights.permit(access) && !self.is_foreign => {
                region.unit_around(addr)
            }
            _ => Window::default(),
        }
    }

    fn place_of(&self, addr: u64) -> Option<Place<'_>> {
        let low = self.stack_low.get();
        if addr.wrapping_sub(low) < self.stack_top - low {
            return Some(Place::Region(self.stack(low)));
        }
        if let Some(context) = &self.context
            && addr.wrapping_sub(context.base) < context.len
        {
            return Some(match context.layout {
                Context::Buffer => Place::Region(context.whole()),
                Context::Fields { .. } => Place::Context(context),
            });
        }
        let region = self.region_at(addr).copied();
        let of_run = || {
            let heap = self.heap.region_at(addr);
            heap.or_else(|| self.loans.region_at(addr))
        };
        region.or_else(of_run).map(Place::Region)
    }

    fn stack(&self, low: u64) -> Region {
        Region {
            base: low,
            stride: FRAME_BYTES,
            unit: FRAME_BYTES,
            count: (self.stack_top - low) / FRAME_BYTES,
            rights: Rights::ReadWrite,
            kind: RegionKind::Stack,
        }
    }

    fn region_at(&self, addr: u64) -> Option<&Region> {
        let after = self.values.partition_point(|region| region.base <= addr);
        let below = after.checked_sub(1).and_then(|at| self.values.get(at));
        below.filter(|region| region.contains(addr))
    }

    /// A number of the host's byte order in that of the program, or back.
    fn in_order(&self, value: u64, size: Size) -> u64 {
        match self.is_foreign {
            true => size.swap_bytes(value),
            false => value,
        }
    }

    /// Loads from checked memory.
    pub(crate) fn load(&self, addr: u64, size: Size) -> Result<u64, Denied> {
        self.check(addr, size.bytes().into(), Access::Read)?;
        // SAFETY: the bytes belong to a region, and regions name memory that lives at least as long as `self`.
        let value = unsafe { load(addr, size) };
        Ok(self.in_order(value, size))
    }

    /// Stores to checked memory.
    pub(crate) fn store(&self, addr: u64, size: Size, value: u64) -> Result<(), Denied> {
        self.check(addr, size.bytes().into(), Access::Write)?;
        // SAFETY: as in `load`, and the region may be written.
        unsafe { store(addr, size, self.in_order(value, size)) };
        Ok(())
    }

    /// Loads from checked memory; later accesses stay later.
    pub(crate) fn load_acquire(&self, addr: u64, size: Size) -> Result<u64, Denied> {
        check_aligned(addr, size)?;
        let value = self.load(addr, size)?;
        fence(Ordering::Acquire);
        Ok(value)
    }

    /// Stores to checked memory; earlier accesses stay earlier.
    pub(crate) fn store_release(&self, addr: u64, size: Size, value: u64) -> Result<(), Denied> {
        check_aligned(addr, size)?;
        fence(Ordering::Release);
        self.store(addr, size, value)
    }

    /// Atomic read-modify-write of checked memory, 4 or 8 bytes. Returns the old value.
    pub(crate) fn atomic(
        &self,
        addr: u64,
        size: Size,
        op: AtomicOp,
        operand: u64,
        expected: u64,
    ) -> Result<u64, Denied> {
        self.check(addr, size.bytes().into(), Access::Read)?;
        self.check(addr, size.bytes().into(), Access::Write)?;
        check_aligned(addr, size)?;
        let pointer = std::ptr::with_exposed_provenance_mut::<u8>(addr as usize);
        let order = Ordering::SeqCst;
        let in_order = |value| self.in_order(value, size);
        if size == Size::W {
            let new = |old: u32| {
                let expected = u64::from(expected as u32);
                let new = op.eval(in_order(old.into()), operand, expected);
                Some(in_order(new) as u32)
            };
            // SAFETY: the bytes belong to a region that may be written, and are aligned.
            let word = unsafe { AtomicU32::from_ptr(pointer.cast()) };
            let old = word.fetch_update(order, order, new);
            return Ok(in_order(old.unwrap_or_else(|old| old).into()));
        }
        let new = |old| Some(in_order(op.eval(in_order(old), operand, expected)));
        // SAFETY: as above.
        let word = unsafe { AtomicU64::from_ptr(pointer.cast()) };
        let old = word.fetch_update(order, order, new);
        Ok(in_order(old.unwrap_or_else(|old| old)))
    }

    /// Copies checked memory out.
    pub(crate) fn read(&self, addr: u64, into: &mut [u8]) -> Result<(), Denied> {
        self.check(addr, into.len() as u64, Access::Read)?;
        // SAFETY: as in `load`.
        unsafe { copy_from(addr, into) };
        Ok(())
    }

    /// The bytes of a C string before its NUL, which must come within `limit` bytes of readable memory.
    pub(crate) fn read_str(&self, addr: u64, limit: usize) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        for offset in 0..limit {
            let at = addr.wrapping_add(offset as u64);
            match self.load(at, Size::B).ok()? {
                0 => return Some(text),
                byte => text.push(byte as u8),
            }
        }
        None
    }

    /// Copies bytes into checked memory.
    pub(crate) fn write(&self, addr: u64, from: &[u8]) -> Result<(), Denied> {
        self.check(addr, from.len() as u64, Access::Write)?;
        // SAFETY: as in `store`.
        unsafe { copy_to(addr, from) };
        Ok(())
    }
}

fn check_aligned(addr: u64, size: Size) -> Result<(), Denied> {
    if addr.is_multiple_of(size.bytes().into()) {
        Ok(())
    } else {
        Err(Denied::Misaligned)
    }
}

fn check_context(
    context: &ContextBytes<'_>,
    addr: u64,
    len: u64,
    access: Access,
) -> Result<(), Denied> {
    let offset = addr - context.base;
    context.whole().check(addr, len, access)?;
    let Context::Fields {
        environment,
        fields,
        ..
    } = context.layout
    else {
        return Ok(());
    };
    match fields.iter().find(|field| field.holds(offset, len)) {
        Some(field) if !field.rights.permit(access) => Err(Denied::Rights(RegionKind::Context)),
        Some(field) if !field.may_take(len, access) => Err(Denied::Partial(field.size)),
        Some(_) => Ok(()),
        None => Err(Denied::Field {
            environment,
            offset,
        }),
    }
}

/// Loads a number. Relaxed atomics where the address is aligned: other threads may write the same map value at the same
/// time, which is the program's right.
///
/// # Safety
///
/// `size.bytes()` bytes at `addr` must be readable memory.
pub(crate) unsafe fn load(addr: u64, size: Size) -> u64 {
    let pointer = std::ptr::with_exposed_provenance_mut::<u8>(addr as usize);
    if !addr.is_multiple_of(size.bytes().into()) {
        let mut bytes = [0; 8];
        // SAFETY: the caller's promise.
        unsafe { copy_from(addr, &mut bytes[..size.bytes() as usize]) };
        return from_host_order(bytes, size);
    }
    // SAFETY: the caller's promise, and the address is aligned.
    unsafe {
        match size {
            Size::B => AtomicU8::from_ptr(pointer).load(Ordering::Relaxed).into(),
            Size::H => AtomicU16::from_ptr(pointer.cast())
                .load(Ordering::Relaxed)
                .into(),
            Size::W => AtomicU32::from_ptr(pointer.cast())
                .load(Ordering::Relaxed)
                .into(),
            Size::DW => AtomicU64::from_ptr(pointer.cast()).load(Ordering::Relaxed),
        }
    }
}

/// Stores the low bytes of a number; like [`load`].
///
/// # Safety
///
/// `size.bytes()` bytes at `addr` must be writable memory.
pub(crate) unsafe fn store(addr: u64, size: Size, value: u64) {
    let pointer = std::ptr::with_exposed_provenance_mut::<u8>(addr as usize);
    if !addr.is_multiple_of(size.bytes().into()) {
        let bytes = to_host_order(value, size);
        // SAFETY: the caller's promise.
        return unsafe { copy_to(addr, &bytes[..size.bytes() as usize]) };
    }
    // SAFETY: the caller's promise, and the address is aligned.
    unsafe {
        match size {
            Size::B => AtomicU8::from_ptr(pointer).store(value as u8, Ordering::Relaxed),
            Size::H => AtomicU16::from_ptr(pointer.cast()).store(value as u16, Ordering::Relaxed),
            Size::W => AtomicU32::from_ptr(pointer.cast()).store(value as u32, Ordering::Relaxed),
            Size::DW => AtomicU64::from_ptr(pointer.cast()).store(value, Ordering::Relaxed),
        }
    }
}

/// Copies bytes that other threads may be writing.
///
/// # Safety
///
/// `into.len()` bytes at `addr` must be readable memory.
pub(crate) unsafe fn copy_from(addr: u64, into: &mut [u8]) {
    for (at, byte) in (addr..).zip(into) {
        let pointer = std::ptr::with_exposed_provenance_mut::<u8>(at as usize);
        // SAFETY: the caller's promise; a byte is always aligned.
        *byte = unsafe { AtomicU8::from_ptr(pointer) }.load(Ordering::Relaxed);
    }
}

/// Copies bytes to where other threads may be reading.
///
/// # Safety
///
/// `from.len()` bytes at `addr` must be writable memory.
pub(crate) unsafe fn copy_to(addr: u64, from: &[u8]) {
    for (at, byte) in (addr..).zip(from) {
        let pointer = std::ptr::with_exposed_provenance_mut::<u8>(at as usize);
        // SAFETY: the caller's promise; a byte is always aligned.
        unsafe { AtomicU8::from_ptr(pointer) }.store(*byte, Ordering::Relaxed);
    }
}

fn from_host_order(bytes: [u8; 8], size: Size) -> u64 {
    let value = u64::from_ne_bytes(bytes);
    if cfg!(target_endian = "big") {
        value >> (64 - size.bits())
    } else {
        value
    }
}

fn to_host_order(value: u64, size: Size) -> [u8; 8] {
    let value = if cfg!(target_endian = "big") {
        value << (64 - size.bits())
    } else {
        value
    };
    value.to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<Region> {
        vec![
            Region::values(0x10000, 16, 12, 4, Rights::ReadWrite),
            Region::values(0x20000, 8, 8, 1, Rights::Read),
        ]
    }

    #[test]
    fn an_access_stays_within_one_value() {
        let values = values();
        let memory = Memory::new(0x9000, None, &values, Endian::HOST);
        assert_eq!(memory.check(0x10010, 12, Access::Write), Ok(()));
        assert_eq!(
            memory.check(0x10018, 8, Access::Read),
            Err(Denied::Overrun {
                kind: RegionKind::Values,
                at: 8,
                size: 12
            })
        );
        assert_eq!(
            memory.check(0x10000, u64::MAX, Access::Read),
            Err(Denied::Overrun {
                kind: RegionKind::Values,
                at: 0,
                size: 12
            })
        );
        assert_eq!(
            memory.check(0x10040, 1, Access::Read),
            Err(Denied::Unmapped)
        );
    }

    #[test]
    fn null_and_rights_are_told_apart() {
        let values = values();
        let memory = Memory::new(0x9000, None, &values, Endian::HOST);
        assert_eq!(memory.check(8, 8, Access::Read), Err(Denied::Null));
        assert_eq!(memory.check(0x20000, 8, Access::Read), Ok(()));
        assert_eq!(
            memory.check(0x20000, 8, Access::Write),
            Err(Denied::Rights(RegionKind::Values))
        );
    }

    #[test]
    fn a_window_is_the_unit_around_an_address() {
        let values = values();
        let memory = Memory::new(0x9000, None, &values, Endian::HOST);
        let window = memory.window(0x10018, Access::Write);
        assert!(window.holds(0x10010, Size::DW) && window.holds(0x1001b, Size::B));
        assert!(!window.holds(0x1000f, Size::B) && !window.holds(0x10018, Size::DW));
        assert!(!window.holds(0x1001c, Size::B));
        let is_open = |addr, access| memory.window(addr, access).holds(addr, Size::B);
        assert!(is_open(0x20000, Access::Read) && !is_open(0x20000, Access::Write));
        assert!(!is_open(0, Access::Read));
        let foreign = match Endian::HOST {
            Endian::Little => Endian::Big,
            Endian::Big => Endian::Little,
        };
        let memory = Memory::new(0x9000, None, &values, foreign);
        assert!(!memory.window(0x20000, Access::Read).holds(0x20000, Size::B));
    }

    #[test]
    fn only_live_frames_may_be_touched() {
        let memory = Memory::new(0x9000, None, &[], Endian::HOST);
        assert_eq!(memory.check(0x8ff8, 8, Access::Write), Ok(()));
        assert!(memory.check(0x8ffc, 8, Access::Write).is_err());
        assert!(memory.check(0x8df8, 8, Access::Write).is_err());
        memory.set_frames(2);
        assert_eq!(memory.check(0x8df8, 8, Access::Write), Ok(()));
        assert!(memory.check(0x8dfc, 8, Access::Write).is_err());
    }
}
