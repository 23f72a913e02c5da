//! `BPF_MAP_TYPE_RINGBUF`: records from programs to the user side, in the order in which room for them was taken.
//!
//! ```text
//!  consumed                                                   produced
//!  │ 8 + record │ 8 + record │ 8 + record, not submitted yet │       positions count bytes, headers and padding included
//! ```
//!
//! Room is counted as in Linux (`kernel/bpf/ringbuf.c`), but each record lies in memory of its own: it may be written until it
//! is submitted or discarded, and the interpreter holds every access against exactly its bytes (`crate::loan`). The user side
//! sees records up to the first one that is not finished.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::errno::Errno;
use crate::map::{
    BPF_F_NUMA_NODE, Map, MapError, MapSpec, PAGE_BYTES, Record, Stream, check_flags,
};
use crate::memory::{self, Region};

/// Bytes before each record (`BPF_RINGBUF_HDR_SZ`).
const HEADER: u64 = 8;
/// Longest record (`RINGBUF_MAX_RECORD_SZ`).
const MAX_RECORD: u64 = (u32::MAX / 4) as u64;

/// `BPF_RB_NO_WAKEUP` and `BPF_RB_FORCE_WAKEUP`: accepted and without effect, since nobody sleeps.
const WAKEUP_FLAGS: u64 = 3;

/// A ring buffer.
#[derive(Debug)]
pub struct RingBuffer {
    spec: MapSpec,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    /// Those that were not taken out, by position.
    entries: VecDeque<Entry>,
    produced: u64,
    consumed: u64,
    lost: u64,
}

#[derive(Debug)]
struct Entry {
    state: EntryState,
    address: u64,
    len: u64,
    /// The memory, which everybody reaches through its address.
    _words: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum EntryState {
    Reserved,
    Submitted,
    Discarded,
}

impl Entry {
    /// Bytes of the ring that it takes.
    fn room(&self) -> u64 {
        room(self.len)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len as usize];
        // SAFETY: `_words` has room for `len` bytes.
        unsafe { memory::copy_from(self.address, &mut bytes) };
        bytes
    }
}

fn room(len: u64) -> u64 {
    (len + HEADER).next_multiple_of(8)
}

impl RingBuffer {
    pub(super) fn new(spec: MapSpec) -> Result<RingBuffer, MapError> {
        check_flags(&spec, BPF_F_NUMA_NODE)?;
        if spec.key_size != 0 || spec.value_size != 0 {
            return Err(MapError::Rule("a ring buffer has neither keys nor values"));
        }
        if !spec.max_entries.is_power_of_two() || !spec.max_entries.is_multiple_of(PAGE_BYTES) {
            return Err(MapError::Rule(
                "max_entries of a ring buffer is its size in bytes: a power of two, 4096 at least",
            ));
        }
        Ok(RingBuffer {
            spec,
            ring: Mutex::default(),
        })
    }

    // No step can panic halfway, so the ring is whole even after a panic elsewhere.
    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn size(&self) -> u64 {
        self.spec.max_entries.into()
    }

    /// The address of room for a record; `None` if there is none.
    pub(crate) fn reserve(&self, len: u64) -> Option<u64> {
        let mut ring = self.lock();
        let fits = len <= MAX_RECORD
            && room(len) <= self.size()
            && ring.produced + room(len) - ring.consumed < self.size();
        if !fits {
            ring.lost += 1;
            return None;
        }
        // One word at least gives every record an address of its own.
        let mut words = vec![0u64; len.div_ceil(8).max(1) as usize];
        let address = words.as_mut_ptr().expose_provenance() as u64;
        ring.produced += room(len);
        ring.entries.push_back(Entry {
            state: EntryState::Reserved,
            address,
            len,
            _words: words,
        });
        Some(address)
    }

    /// Submits a record, for the user side to read.
    pub(crate) fn submit(&self, address: u64) {
        self.finish(address, EntryState::Submitted);
    }

    /// Discards a record: nobody will see it.
    pub(crate) fn discard(&self, address: u64) {
        self.finish(address, EntryState::Discarded);
    }

    fn finish(&self, address: u64, state: EntryState) {
        let mut ring = self.lock();
        let mut entries = ring.entries.iter_mut().rev();
        if let Some(entry) = entries.find(|entry| entry.address == address) {
            entry.state = state;
        }
    }

    /// Reserves, fills and submits.
    pub(crate) fn output(&self, bytes: &[u8], flags: u64) -> Result<(), Errno> {
        if flags & !WAKEUP_FLAGS != 0 {
            return Err(Errno::EINVAL);
        }
        let address = self.reserve(bytes.len() as u64).ok_or(Errno::EAGAIN)?;
        // SAFETY: `reserve` made room for so many bytes, which stay until the record is finished.
        unsafe { memory::copy_to(address, bytes) };
        self.submit(address);
        Ok(())
    }

    /// `BPF_RB_AVAIL_DATA`, `RING_SIZE`, `CONS_POS`, `PROD_POS`.
    pub(crate) fn query(&self, what: u64) -> u64 {
        let ring = self.lock();
        match what {
            0 => ring.produced - ring.consumed,
            1 => self.size(),
            2 => ring.consumed,
            3 => ring.produced,
            _ => 0,
        }
    }

    /// Takes out what the user side may see.
    pub fn take(&self) -> Vec<Record> {
        let mut ring = self.lock();
        let mut records = Vec::new();
        while let Some(entry) = ring
            .entries
            .pop_front_if(|entry| entry.state != EntryState::Reserved)
        {
            ring.consumed += entry.room();
            if entry.state == EntryState::Submitted {
                records.push(Record {
                    cpu: None,
                    bytes: entry.bytes(),
                });
            }
        }
        records
    }

    /// Copies of what the user side may see.
    pub fn peek(&self) -> Vec<Record> {
        let ring = self.lock();
        let is_finished = |entry: &&Entry| entry.state != EntryState::Reserved;
        let finished = ring.entries.iter().take_while(is_finished);
        let submitted = finished.filter(|entry| entry.state == EntryState::Submitted);
        let record = |entry: &Entry| Record {
            cpu: None,
            bytes: entry.bytes(),
        };
        submitted.map(record).collect()
    }

    /// Records for which there was no room.
    pub fn lost(&self) -> u64 {
        self.lock().lost
    }
}

impl Map for RingBuffer {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, _key: &[u8]) -> Option<u64> {
        None
    }

    fn update(&self, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn delete(&self, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn values(&self) -> Region {
        Region::NOWHERE
    }

    fn as_stream(&self) -> Option<Stream<'_>> {
        Some(Stream::Ring(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{MapKind, test_spec};

    fn ring() -> RingBuffer {
        RingBuffer::new(spec(4096)).unwrap()
    }

    fn spec(max_entries: u32) -> MapSpec {
        MapSpec {
            key_size: 0,
            value_size: 0,
            ..test_spec(MapKind::Ringbuf, max_entries)
        }
    }

    fn bytes(records: &[Record]) -> Vec<&[u8]> {
        records
            .iter()
            .map(|record| record.bytes.as_slice())
            .collect()
    }

    #[test]
    fn records_come_in_the_order_of_their_reservation() {
        let ring = ring();
        let first = ring.reserve(8).unwrap();
        ring.output(&[2; 3], 0).unwrap();
        assert_eq!(ring.take(), [], "the first is not finished");
        let third = ring.reserve(1).unwrap();
        ring.discard(third);
        ring.submit(first);
        assert_eq!(bytes(&ring.peek()), [&[0; 8][..], &[2; 3]]);
        assert_eq!(bytes(&ring.take()), [&[0; 8][..], &[2; 3]]);
        assert_eq!(ring.take(), []);
    }

    #[test]
    fn headers_and_padding_take_room() {
        let ring = ring();
        ring.output(&[0; 3], 0).unwrap();
        assert_eq!(
            [0, 1, 2, 3, 4].map(|what| ring.query(what)),
            [16, 4096, 0, 16, 0]
        );
        ring.take();
        assert_eq!([0, 2, 3].map(|what| ring.query(what)), [0, 16, 16]);
    }

    #[test]
    fn a_full_ring_loses_records_until_somebody_reads() {
        let ring = ring();
        // With its header it is larger than the ring.
        assert_eq!(ring.reserve(4089), None);
        assert!(ring.output(&[1; 4080], 0).is_ok());
        assert_eq!(ring.output(&[2; 1], 0), Err(Errno::EAGAIN));
        assert_eq!(ring.lost(), 2);
        ring.take();
        assert_eq!(ring.output(&[2; 1], 4), Err(Errno::EINVAL));
        assert_eq!(ring.output(&[2; 1], 1), Ok(()));
        assert_eq!(ring.reserve(u64::MAX), None);
    }

    #[test]
    fn the_size_is_a_power_of_two_of_pages() {
        for size in [0, 100, 2048, 12288] {
            assert!(matches!(
                RingBuffer::new(spec(size)),
                Err(MapError::Rule(_))
            ));
        }
        let with_values = MapSpec {
            value_size: 8,
            ..spec(4096)
        };
        assert!(matches!(
            RingBuffer::new(with_values),
            Err(MapError::Rule(_))
        ));
    }

    #[test]
    fn many_threads_may_write_while_one_reads() {
        let ring = RingBuffer::new(spec(1 << 16)).unwrap();
        let mut seen = 0;
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                let ring = &ring;
                scope.spawn(move || {
                    for _ in 0..100 {
                        ring.output(&[thread; 16], 0).unwrap();
                    }
                });
            }
            seen += ring.take().len();
        });
        seen += ring.take().len();
        assert_eq!((seen, ring.lost()), (400, 0));
    }
}
