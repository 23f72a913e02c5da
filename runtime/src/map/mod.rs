//! Maps: tables shared by programs and by whoever runs them, with the semantics and error numbers of Linux.
//!
//! A lookup returns a pointer to the value itself, and the program reads and writes through it without further calls. So
//! values lie in memory that stays where it is for the life of the map (`values.rs`), and each map says where that is
//! ([`Map::values`]), so that the interpreter can check the pointer's use.
//!
//! One file per map type: `array.rs`, `hash.rs`.

mod array;
mod hash;
mod values;

use std::fmt;
use std::sync::Arc;

use bpfcc_isa::Endian;
pub use bpfcc_isa::program::MapKind;

use crate::errno::Errno;
use crate::memory::{Region, Rights};

pub use array::ArrayMap;
pub use hash::HashMap;

/// `BPF_ANY`: create or replace.
pub const BPF_ANY: u64 = 0;
/// `BPF_NOEXIST`: create only.
pub const BPF_NOEXIST: u64 = 1;
/// `BPF_EXIST`: replace only.
pub const BPF_EXIST: u64 = 2;

/// `BPF_F_NO_PREALLOC`: allocate hash elements on demand. Accepted and without effect: memory is committed when it is touched.
pub const BPF_F_NO_PREALLOC: u32 = 1 << 0;
/// `BPF_F_RDONLY_PROG`: programs may not write values.
pub const BPF_F_RDONLY_PROG: u32 = 1 << 7;
/// `BPF_F_WRONLY_PROG`: programs may not read values.
pub const BPF_F_WRONLY_PROG: u32 = 1 << 8;
/// `BPF_F_MMAPABLE`: user space may map the values. Accepted and without effect.
pub const BPF_F_MMAPABLE: u32 = 1 << 10;

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

    /// Creates or replaces the value of a key. Flags: [`BPF_ANY`], [`BPF_NOEXIST`], [`BPF_EXIST`].
    fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno>;

    /// Removes a key.
    fn delete(&self, key: &[u8]) -> Result<(), Errno>;

    /// The keys present at some moment, in ascending order: of numbers for arrays, of bytes otherwise.
    fn keys(&self) -> Vec<Vec<u8>>;

    /// Where the values lie, with what programs may do to them.
    fn values(&self) -> Region;
}

/// What the user side sees of every map.
impl dyn Map {
    /// A copy of the value of this key.
    pub fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let addr = self.lookup(key)?;
        let mut value = vec![0; self.spec().value_size as usize];
        // SAFETY: `lookup` returns the address of `value_size` bytes that live as long as the map.
        unsafe { crate::memory::copy_from(addr, &mut value) };
        Some(value)
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
        kind => return Err(MapError::Unsupported(kind)),
    })
}

/// What types have in common that keep values by key.
fn check_spec(spec: &MapSpec, known_flags: u32) -> Result<(), MapError> {
    if spec.key_size == 0 || spec.value_size == 0 || spec.max_entries == 0 {
        return Err(MapError::Empty);
    }
    let largest = spec.key_size.max(spec.value_size);
    if largest > MAX_ENTRY_BYTES {
        return Err(MapError::EntryTooBig(largest));
    }
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
