//! Maps: tables shared by programs and by whoever runs them, with the semantics and error numbers of Linux.
//!
//! A lookup returns a pointer to the value itself, and the program reads and writes through it without further calls. So
//! values lie in memory that stays where it is for the life of the map (`values.rs`), and each map says where that is
//! ([`Map::values`]), so that the interpreter can check the pointer's use.
//!
//! One file per map type. The types that exist per processor are the plain ones with a wider value (`percpu.rs`).

mod array;
mod bloom;
mod events;
mod hash;
mod lpm;
mod lru;
mod outer;
mod percpu;
mod programs;
mod queue;
mod ringbuf;
mod slots;
mod values;

use std::fmt;
use std::sync::Arc;

use bpfcc_isa::Endian;
pub use bpfcc_isa::program::MapKind;

use crate::errno::Errno;
use crate::memory::{Region, Rights};

pub use array::ArrayMap;
pub use bloom::BloomFilter;
pub use events::EventArray;
pub use hash::HashMap;
pub use lpm::LpmTrie;
pub use lru::LruMap;
pub use outer::MapOfMaps;
pub use percpu::PercpuMap;
pub use programs::{MAX_TAIL_CALLS, ProgArray};
pub use queue::QueueMap;
pub use ringbuf::RingBuffer;

/// The simulated machine's processors: how many values a key of a per-CPU map has.
pub const CPUS: u32 = 4;

/// `BPF_ANY`: create or replace.
pub const BPF_ANY: u64 = 0;
/// `BPF_NOEXIST`: create only.
pub const BPF_NOEXIST: u64 = 1;
/// `BPF_EXIST`: replace only.
pub const BPF_EXIST: u64 = 2;

/// `BPF_F_NO_PREALLOC`: allocate hash elements on demand. Accepted and without effect: memory is committed when it is touched.
pub const BPF_F_NO_PREALLOC: u32 = 1 << 0;
/// `BPF_F_NO_COMMON_LRU`: an order of use for each processor. Accepted and without effect.
pub const BPF_F_NO_COMMON_LRU: u32 = 1 << 1;
/// `BPF_F_NUMA_NODE`: memory near a processor. Accepted and without effect.
pub const BPF_F_NUMA_NODE: u32 = 1 << 2;
/// `BPF_F_ZERO_SEED`: hash without a seed. Accepted and without effect.
pub const BPF_F_ZERO_SEED: u32 = 1 << 6;
/// `BPF_F_RDONLY_PROG`: programs may not write values.
pub const BPF_F_RDONLY_PROG: u32 = 1 << 7;
/// `BPF_F_WRONLY_PROG`: programs may not read values.
pub const BPF_F_WRONLY_PROG: u32 = 1 << 8;
/// `BPF_F_MMAPABLE`: user space may map the values. Accepted and without effect.
pub const BPF_F_MMAPABLE: u32 = 1 << 10;

/// Bytes of a page.
pub const PAGE_BYTES: u32 = 4096;

/// Largest key and value; Linux limits them by what `kmalloc` can return.
const MAX_ENTRY_BYTES: u32 = 4 << 20;

/// What a map is created from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapSpec {
    /// Name in the program.
    pub name: String,
    /// Type.
    pub kind: MapKind,
    /// Bytes of a key.
    pub key_size: u32,
    /// Bytes of a value.
    pub value_size: u32,
    /// Most entries.
    pub max_entries: u32,
    /// `BPF_F_…`.
    pub flags: u32,
    /// What `map_extra` says: the hashes of a Bloom filter.
    pub extra: u64,
    /// Of a map of maps: what the inner ones are made like.
    pub inner: Option<Box<MapSpec>>,
    /// Byte order of the program's numbers, the indices of arrays among them.
    pub endian: Endian,
}

impl MapSpec {
    fn rights(&self) -> Rights {
        if self.flags & BPF_F_RDONLY_PROG != 0 {
            Rights::Read
        } else if self.flags & BPF_F_WRONLY_PROG != 0 {
            Rights::Write
        } else {
            Rights::ReadWrite
        }
    }

    /// Bytes from the value of one processor to that of the next one.
    pub fn value_stride(&self) -> u64 {
        u64::from(self.value_size).next_multiple_of(8)
    }

    /// Bytes of a value as the user side sees it: that of all processors, each rounded up to eight bytes, if there are several.
    pub fn value_bytes(&self) -> u32 {
        match self.kind.is_percpu() {
            true => (self.value_stride() * u64::from(CPUS)) as u32,
            false => self.value_size,
        }
    }
}

/// Why a map cannot be created.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MapError {
    /// A key of an array is a 32-bit index.
    #[error("the key of an array is a 32-bit index; its size must be 4, not {0}")]
    ArrayKey(u32),
    /// There is nothing to store.
    #[error("key size, value size and max_entries must not be 0")]
    Empty,
    /// A key or value is larger than Linux permits.
    #[error("keys and values may have {MAX_ENTRY_BYTES} bytes at most, not {0}")]
    EntryTooBig(u32),
    /// The same for values that exist per processor.
    #[error("values of a per-CPU map may have 32768 bytes at most, not {0}")]
    PercpuValue(u32),
    /// A rule of one type.
    #[error("{0}")]
    Rule(&'static str),
    /// A flag has no meaning for this type, or contradicts another one.
    #[error("the flags {0:#x} are unknown, or contradict each other, for this type of map")]
    Flags(u32),
    /// Nobody has written this type yet.
    #[error("maps of type {0} are not supported by this runtime")]
    Unsupported(MapKind),
    /// The values do not fit into memory.
    #[error("{entries} values of {value_size} bytes do not fit into memory")]
    OutOfMemory {
        /// Number of values.
        entries: u32,
        /// Bytes of each.
        value_size: u32,
    },
}

/// A map. Keys and values are bytes; all methods may be called from many threads at once.
///
/// A key or value of the wrong length is `EINVAL` everywhere.
pub trait Map: fmt::Debug + Send + Sync {
    /// What the map was created from.
    fn spec(&self) -> &MapSpec;

    /// The address of the value of this key. It stays valid for the life of the map; whether it still belongs to the key is
    /// the caller's business, as in Linux.
    fn lookup(&self, key: &[u8]) -> Option<u64>;

    /// The same for a program on this processor: a use of the key, and the value of that processor.
    fn lookup_on(&self, _cpu: u32, key: &[u8]) -> Option<u64> {
        self.lookup(key)
    }

    /// Creates or replaces the value of a key, [`MapSpec::value_bytes`] of it. Flags: [`BPF_ANY`], [`BPF_NOEXIST`],
    /// [`BPF_EXIST`].
    fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno>;

    /// The same for a program on this processor, which gives a value of its own.
    fn update_on(&self, _cpu: u32, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.update(key, value, flags)
    }

    /// Removes a key.
    fn delete(&self, key: &[u8]) -> Result<(), Errno>;

    /// The keys present at some moment, in ascending order: of numbers for arrays, of bytes otherwise.
    fn keys(&self) -> Vec<Vec<u8>>;

    /// Where the values lie, with what programs may do to them.
    fn values(&self) -> Region;

    /// The view of a map that has values but no keys.
    fn as_keyless(&self) -> Option<&dyn Keyless> {
        None
    }

    /// The view of a map that holds programs.
    fn as_programs(&self) -> Option<&ProgArray> {
        None
    }

    /// The view of a map that holds maps.
    fn as_outer(&self) -> Option<&MapOfMaps> {
        None
    }

    /// The view of a map through which programs send records.
    fn as_stream(&self) -> Option<Stream<'_>> {
        None
    }
}

/// What a program sent to the user side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The processor whose buffer it was in, if each has its own.
    pub cpu: Option<u32>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A map through which programs send records.
#[derive(Clone, Copy, Debug)]
pub enum Stream<'a> {
    /// One buffer for all processors.
    Ring(&'a RingBuffer),
    /// A buffer for each processor.
    Events(&'a EventArray),
}

impl Stream<'_> {
    /// Takes the finished records out, the oldest first.
    pub fn take(&self) -> Vec<Record> {
        match self {
            Stream::Ring(ring) => ring.take(),
            Stream::Events(events) => events.take(),
        }
    }

    /// Copies of the finished records, the oldest first.
    pub fn peek(&self) -> Vec<Record> {
        match self {
            Stream::Ring(ring) => ring.peek(),
            Stream::Events(events) => events.peek(),
        }
    }

    /// How many records were lost, because nobody had read the earlier ones.
    pub fn lost(&self) -> u64 {
        match self {
            Stream::Ring(ring) => ring.lost(),
            Stream::Events(events) => events.lost(),
        }
    }
}

/// A map that values are pushed to: a queue, a stack, a Bloom filter.
pub trait Keyless {
    /// Adds a value. [`BPF_EXIST`] lets the oldest one go where there is no room.
    fn push(&self, value: &[u8], flags: u64) -> Result<(), Errno>;

    /// Takes the next value out.
    fn pop(&self, value: &mut [u8]) -> Result<(), Errno>;

    /// Copies the next value; of a Bloom filter, asks for this one.
    fn peek(&self, value: &mut [u8]) -> Result<(), Errno>;

    /// Copies of all values, the next one first; those of a Bloom filter nobody knows.
    fn contents(&self) -> Vec<Vec<u8>>;
}

/// What the user side sees of every map.
impl dyn Map {
    /// A copy of the value of this key: [`MapSpec::value_bytes`], those of all processors one after the other.
    pub fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let addr = self.lookup(key)?;
        let mut value = vec![0; self.spec().value_bytes() as usize];
        // SAFETY: `lookup` returns the address of `value_bytes` bytes that live as long as the map.
        unsafe { crate::memory::copy_from(addr, &mut value) };
        Some(value)
    }

    /// A copy of the value that one processor has for this key.
    pub fn get_on(&self, cpu: u32, key: &[u8]) -> Option<Vec<u8>> {
        let all = self.get(key)?;
        let start = match self.spec().kind.is_percpu() {
            true => usize::try_from(u64::from(cpu) * self.spec().value_stride()).ok()?,
            false => 0,
        };
        let end = start + self.spec().value_size as usize;
        Some(all.get(start..end)?.to_vec())
    }

    /// Copies of all entries, in the order of [`Map::keys`].
    pub fn entries(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let entry = |key: Vec<u8>| self.get(&key).map(|value| (key, value));
        self.keys().into_iter().filter_map(entry).collect()
    }

    /// The pointer by which programs name the map. It is compared, never followed.
    pub(crate) fn address(&self) -> u64 {
        std::ptr::from_ref(self).cast::<()>().addr() as u64
    }
}

/// Creates an empty map.
pub fn create(spec: MapSpec) -> Result<Arc<dyn Map>, MapError> {
    Ok(match spec.kind {
        MapKind::Hash => Arc::new(HashMap::new(spec)?),
        MapKind::Array => Arc::new(ArrayMap::new(spec)?),
        MapKind::LruHash => Arc::new(LruMap::new(spec)?),
        MapKind::ProgArray => Arc::new(ProgArray::new(spec)?),
        MapKind::ArrayOfMaps | MapKind::HashOfMaps => Arc::new(MapOfMaps::new(spec)?),
        MapKind::Ringbuf => Arc::new(RingBuffer::new(spec)?),
        MapKind::PerfEventArray => Arc::new(EventArray::new(spec)?),
        MapKind::LpmTrie => Arc::new(LpmTrie::new(spec)?),
        MapKind::Queue | MapKind::Stack => Arc::new(QueueMap::new(spec)?),
        MapKind::BloomFilter => Arc::new(BloomFilter::new(spec)?),
        MapKind::PercpuHash => Arc::new(PercpuMap::new(spec, HashMap::new)?),
        MapKind::PercpuArray => Arc::new(PercpuMap::new(spec, ArrayMap::new)?),
        MapKind::LruPercpuHash => Arc::new(PercpuMap::new(spec, LruMap::new)?),
        kind => return Err(MapError::Unsupported(kind)),
    })
}

/// What types have in common that keep values by key.
fn check_spec(spec: &MapSpec, known_flags: u32) -> Result<(), MapError> {
    if spec.key_size == 0 || spec.value_size == 0 || spec.max_entries == 0 {
        return Err(MapError::Empty);
    }
    check_sizes_and_flags(spec, known_flags)
}

/// What types have in common that keep values without keys.
fn check_keyless(spec: &MapSpec, known_flags: u32) -> Result<(), MapError> {
    if spec.key_size != 0 {
        return Err(MapError::Rule("maps of this type have no keys"));
    }
    if spec.value_size == 0 || spec.max_entries == 0 {
        return Err(MapError::Rule("value size and max_entries must not be 0"));
    }
    check_sizes_and_flags(spec, known_flags)
}

fn check_sizes_and_flags(spec: &MapSpec, known_flags: u32) -> Result<(), MapError> {
    let largest = spec.key_size.max(spec.value_size);
    if largest > MAX_ENTRY_BYTES {
        return Err(MapError::EntryTooBig(largest));
    }
    check_flags(spec, known_flags)
}

fn check_flags(spec: &MapSpec, known_flags: u32) -> Result<(), MapError> {
    let one_way = BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG;
    if spec.flags & one_way == one_way || spec.flags & !(known_flags | one_way) != 0 {
        return Err(MapError::Flags(spec.flags));
    }
    Ok(())
}

/// Whether an update is wanted, given whether the key exists.
fn check_update_flags(flags: u64, exists: bool) -> Result<(), Errno> {
    match (flags, exists) {
        (BPF_NOEXIST, true) => Err(Errno::EEXIST),
        (BPF_EXIST, false) => Err(Errno::ENOENT),
        (BPF_ANY | BPF_NOEXIST | BPF_EXIST, _) => Ok(()),
        _ => Err(Errno::EINVAL),
    }
}

fn check_len(bytes: &[u8], size: u32) -> Result<(), Errno> {
    if bytes.len() == size as usize {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

#[cfg(test)]
pub(crate) fn test_spec(kind: MapKind, max_entries: u32) -> MapSpec {
    MapSpec {
        name: "test".to_owned(),
        kind,
        key_size: 4,
        value_size: 8,
        max_entries,
        flags: 0,
        extra: 0,
        inner: None,
        endian: Endian::HOST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_refuses_to_create_is_refused() {
        let array = |change: fn(&mut MapSpec)| {
            let mut spec = test_spec(MapKind::Array, 1);
            change(&mut spec);
            create(spec).map(|_| ()).unwrap_err()
        };
        assert_eq!(array(|spec| spec.max_entries = 0), MapError::Empty);
        assert_eq!(array(|spec| spec.value_size = 0), MapError::Empty);
        assert_eq!(array(|spec| spec.key_size = 8), MapError::ArrayKey(8));
        assert_eq!(array(|spec| spec.flags = 1), MapError::Flags(1));
        assert_eq!(
            array(|spec| spec.flags = BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG),
            MapError::Flags(BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)
        );
        assert_eq!(
            array(|spec| spec.value_size = u32::MAX),
            MapError::EntryTooBig(u32::MAX)
        );
    }

    #[test]
    fn a_map_beyond_memory_is_an_error() {
        let spec = MapSpec {
            value_size: MAX_ENTRY_BYTES,
            max_entries: u32::MAX,
            ..test_spec(MapKind::Hash, 1)
        };
        assert!(matches!(create(spec), Err(MapError::OutOfMemory { .. })));
    }
}
