//! `BPF_MAP_TYPE_LPM_TRIE`: finds, among prefixes of different length, the longest one that a key starts with.
//!
//! ```text
//!  key:  ┌───────────────┬─────────────┐
//!        │ prefixlen: u32│ data, big   │      10.1.0.0/16 ─► 16, 10 1 0 0
//!        └───────────────┴─────────────┘
//! ```
//!
//! A lookup tries the lengths that occur, the longest first. Error numbers: Linux `kernel/bpf/lpm_trie.c`.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::errno::Errno;
use crate::map::slots::Slots;
use crate::map::values::Values;
use crate::map::{
    BPF_EXIST, BPF_F_NO_PREALLOC, BPF_F_NUMA_NODE, BPF_NOEXIST, Map, MapError, MapSpec, check_len,
    check_spec,
};
use crate::memory::Region;

/// Bytes of the length at the start of a key.
const LENGTH: usize = 4;
/// Largest and smallest key (`LPM_KEY_SIZE_MIN`, `LPM_KEY_SIZE_MAX`).
const KEY_SIZES: std::ops::RangeInclusive<u32> = 5..=260;

/// A table of prefixes.
#[derive(Debug)]
pub struct LpmTrie {
    spec: MapSpec,
    values: Values,
    index: RwLock<Index>,
}

#[derive(Debug)]
struct Index {
    /// By length: the prefixes, whose bits behind the length are 0.
    prefixes: BTreeMap<u32, BTreeMap<Vec<u8>, Node>>,
    count: u32,
    free: Slots,
}

#[derive(Debug)]
struct Node {
    slot: u32,
    /// The data as it was given, bits behind the prefix included.
    data: Vec<u8>,
}

impl LpmTrie {
    pub(super) fn new(spec: MapSpec) -> Result<LpmTrie, MapError> {
        check_spec(&spec, BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE)?;
        if !KEY_SIZES.contains(&spec.key_size) {
            return Err(MapError::Rule(
                "the key of an LPM trie is a 32-bit length and 1 to 256 bytes",
            ));
        }
        if spec.flags & BPF_F_NO_PREALLOC == 0 {
            return Err(MapError::Rule(
                "an LPM trie needs the flag BPF_F_NO_PREALLOC",
            ));
        }
        let values = Values::new(&spec, 1)?;
        let index = Index {
            prefixes: BTreeMap::new(),
            count: 0,
            free: Slots::up_to(spec.max_entries),
        };
        Ok(LpmTrie {
            spec,
            values,
            index: RwLock::new(index),
        })
    }

    /// Length and data of a key.
    fn split<'a>(&self, key: &'a [u8]) -> Result<(u32, &'a [u8]), Errno> {
        check_len(key, self.spec.key_size)?;
        let (length, data) = key.split_at(LENGTH);
        let length = self.spec.endian.number(length) as u32;
        match u64::from(length) <= 8 * data.len() as u64 {
            true => Ok((length, data)),
            false => Err(Errno::EINVAL),
        }
    }

    // A thread that panicked while it held the lock left the index whole: no step of an update can panic halfway.
    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first bits, and zeros behind them.
fn prefix(data: &[u8], length: u32) -> Vec<u8> {
    let masked = |(at, byte): (u32, &u8)| {
        let kept = length.saturating_sub(at * 8).min(8);
        byte & !(0xffu32 >> kept) as u8
    };
    (0u32..).zip(data).map(masked).collect()
}

impl Map for LpmTrie {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, key: &[u8]) -> Option<u64> {
        let (most, data) = self.split(key).ok()?;
        let index = self.read();
        let mut lengths = index.prefixes.range(..=most).rev();
        let node = lengths.find_map(|(&length, nodes)| nodes.get(&prefix(data, length)))?;
        Some(self.values.address(node.slot))
    }

    fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        check_len(value, self.spec.value_size)?;
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let (length, data) = self.split(key)?;
        let index = &mut *self.write();
        let nodes = index.prefixes.entry(length).or_default();
        let exists = nodes.contains_key(&prefix(data, length));
        let outcome = match (exists, flags) {
            (true, BPF_NOEXIST) => Err(Errno::EEXIST),
            (false, BPF_EXIST) => Err(Errno::ENOENT),
            (false, _) if index.count == self.spec.max_entries => Err(Errno::ENOSPC),
            _ => index.free.take().ok_or(Errno::ENOMEM),
        };
        if let Ok(slot) = outcome {
            self.values.set(slot, value);
            let data = data.to_vec();
            match nodes.insert(prefix(&data, length), Node { slot, data }) {
                Some(old) => index.free.give(old.slot),
                None => index.count += 1,
            }
        } else if nodes.is_empty() {
            index.prefixes.remove(&length);
        }
        outcome.map(|_| ())
    }

    fn delete(&self, key: &[u8]) -> Result<(), Errno> {
        let (length, data) = self.split(key)?;
        let index = &mut *self.write();
        let nodes = index.prefixes.get_mut(&length).ok_or(Errno::ENOENT)?;
        let node = nodes.remove(&prefix(data, length)).ok_or(Errno::ENOENT)?;
        index.free.give(node.slot);
        index.count -= 1;
        if nodes.is_empty() {
            index.prefixes.remove(&length);
        }
        Ok(())
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        let index = self.read();
        let all = index.prefixes.iter().flat_map(|(&length, nodes)| {
            let length = self.spec.endian.bytes(length.into(), LENGTH);
            nodes
                .values()
                .map(move |node| [length.as_slice(), &node.data].concat())
        });
        let mut keys: Vec<_> = all.collect();
        keys.sort_unstable();
        keys
    }

    fn values(&self) -> Region {
        self.values.region(&self.spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{BPF_ANY, MapKind, create, test_spec};
    use std::sync::Arc;

    fn key(length: u32, address: [u8; 4]) -> Vec<u8> {
        [length.to_ne_bytes(), address].concat()
    }

    fn trie(max_entries: u32) -> Arc<dyn Map> {
        create(MapSpec {
            key_size: 8,
            value_size: 1,
            flags: BPF_F_NO_PREALLOC,
            ..test_spec(MapKind::LpmTrie, max_entries)
        })
        .unwrap()
    }

    #[test]
    fn the_longest_prefix_wins() {
        let map = trie(4);
        map.update(&key(8, [10, 0, 0, 0]), &[8], BPF_ANY).unwrap();
        map.update(&key(20, [10, 1, 0xff, 9]), &[20], BPF_ANY)
            .unwrap();
        map.update(&key(0, [0; 4]), &[1], BPF_ANY).unwrap();
        let found = |length, address| map.get(&key(length, address)).map(|value| value[0]);
        assert_eq!(found(32, [10, 1, 0xf0, 1]), Some(20));
        assert_eq!(found(32, [10, 1, 0xe0, 1]), Some(8));
        assert_eq!(found(19, [10, 1, 0xf0, 0]), Some(8));
        assert_eq!(found(32, [11, 0, 0, 1]), Some(1));
        assert_eq!(found(33, [10, 0, 0, 0]), None);
        map.delete(&key(8, [10, 9, 9, 9])).unwrap();
        assert_eq!(found(32, [10, 1, 0xe0, 1]), Some(1));
    }

    #[test]
    fn flags_and_errors_are_those_of_linux() {
        let map = trie(1);
        let (eight, nine) = (key(8, [1; 4]), key(9, [1; 4]));
        assert_eq!(map.update(&eight, &[1], BPF_EXIST), Err(Errno::ENOENT));
        assert_eq!(map.update(&eight, &[1], 3), Err(Errno::EINVAL));
        assert_eq!(map.update(&key(33, [1; 4]), &[1], 0), Err(Errno::EINVAL));
        assert_eq!(map.update(&eight, &[1], BPF_NOEXIST), Ok(()));
        assert_eq!(map.update(&eight, &[2], BPF_NOEXIST), Err(Errno::EEXIST));
        assert_eq!(map.update(&nine, &[2], BPF_ANY), Err(Errno::ENOSPC));
        assert_eq!(map.update(&eight, &[3], BPF_ANY), Ok(()));
        assert_eq!(map.delete(&nine), Err(Errno::ENOENT));
        assert_eq!(map.delete(&key(33, [1; 4])), Err(Errno::EINVAL));
        assert_eq!(map.entries(), [(eight, vec![3])]);
    }

    #[test]
    fn keys_have_room_for_a_length_and_a_flag_is_needed() {
        let spec = |key_size, flags| MapSpec {
            key_size,
            flags,
            ..test_spec(MapKind::LpmTrie, 1)
        };
        for (key_size, flags) in [(4, 1), (261, 1), (8, 0)] {
            assert!(matches!(
                create(spec(key_size, flags)),
                Err(MapError::Rule(_))
            ));
        }
        assert!(create(spec(260, 1)).is_ok());
    }
}
