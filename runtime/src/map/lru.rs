//! `BPF_MAP_TYPE_LRU_HASH`: a hash table that is never full: a new key takes the place of the one that was used least recently.
//!
//! Looking a key up in a program and replacing its value are uses; a look from the outside is none. Linux
//! (`kernel/bpf/bpf_lru_list.c`) orders keys approximately and evicts several at once, and which ones depends on the
//! processor. Here the order is exact and the same each time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::errno::Errno;
use crate::map::slots::Slots;
use crate::map::values::Values;
use crate::map::{
    BPF_F_NO_COMMON_LRU, BPF_F_ZERO_SEED, Map, MapError, MapSpec, check_len, check_spec,
    check_update_flags,
};
use crate::memory::Region;

/// A hash table that forgets.
#[derive(Debug)]
pub struct LruMap {
    spec: MapSpec,
    values: Values,
    index: Mutex<Index>,
}

#[derive(Debug)]
struct Index {
    /// Slot of each key, in the order of their last use.
    slots: LruCache<Box<[u8]>, u32>,
    free: Slots,
}

impl LruMap {
    pub(super) fn new(spec: MapSpec) -> Result<LruMap, MapError> {
        check_spec(&spec, BPF_F_NO_COMMON_LRU | BPF_F_ZERO_SEED)?;
        let values = Values::new(&spec, 1)?;
        let index = Index {
            // The map does the evicting, since a slot comes with it; so the cache itself has no bound.
            slots: LruCache::unbounded(),
            free: Slots::up_to(spec.max_entries),
        };
        Ok(LruMap {
            spec,
            values,
            index: Mutex::new(index),
        })
    }

    // No step of an update can panic halfway, so the index is whole even after a panic elsewhere.
    fn lock(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Map for LruMap {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, key: &[u8]) -> Option<u64> {
        let slot = *self.lock().slots.peek(key)?;
        Some(self.values.address(slot))
    }

    fn lookup_on(&self, _cpu: u32, key: &[u8]) -> Option<u64> {
        let slot = *self.lock().slots.get(key)?;
        Some(self.values.address(slot))
    }

    fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        check_len(key, self.spec.key_size)?;
        check_len(value, self.spec.value_size)?;
        let mut index = self.lock();
        let old = index.slots.peek(key).copied();
        check_update_flags(flags, old.is_some())?;
        if old.is_none()
            && index.slots.len() >= self.spec.max_entries as usize
            && let Some((_, slot)) = index.slots.pop_lru()
        {
            index.free.give(slot);
        }
        let slot = index.free.take().ok_or(Errno::ENOMEM)?;
        self.values.set(slot, value);
        if let Some(old) = index.slots.put(key.into(), slot) {
            index.free.give(old);
        }
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), Errno> {
        check_len(key, self.spec.key_size)?;
        let mut index = self.lock();
        let slot = index.slots.pop(key).ok_or(Errno::ENOENT)?;
        index.free.give(slot);
        Ok(())
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        let index = self.lock();
        let mut keys: Vec<_> = index.slots.iter().map(|(key, _)| key.to_vec()).collect();
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
    use crate::map::{BPF_ANY, BPF_EXIST, BPF_NOEXIST, MapKind, create, test_spec};

    #[test]
    fn a_new_key_takes_the_place_of_the_one_used_least_recently() {
        let map = create(test_spec(MapKind::LruHash, 2)).unwrap();
        for key in [[1, 0, 0, 0], [2, 0, 0, 0]] {
            map.update(&key, &[key[0]; 8], BPF_NOEXIST).unwrap();
        }
        // A look from the outside is no use, one by a program is.
        assert!(map.get(&[2, 0, 0, 0]).is_some());
        assert!(map.lookup_on(0, &[1, 0, 0, 0]).is_some());
        map.update(&[3, 0, 0, 0], &[3; 8], BPF_ANY).unwrap();
        assert_eq!(map.keys(), [vec![1, 0, 0, 0], vec![3, 0, 0, 0]]);
        // A replaced value is a use too.
        map.update(&[1, 0, 0, 0], &[9; 8], BPF_EXIST).unwrap();
        map.update(&[4, 0, 0, 0], &[4; 8], BPF_ANY).unwrap();
        assert_eq!(map.keys(), [vec![1, 0, 0, 0], vec![4, 0, 0, 0]]);
        assert_eq!(map.get(&[1, 0, 0, 0]), Some(vec![9; 8]));
    }

    #[test]
    fn flags_and_errors_are_those_of_a_hash_table() {
        let map = create(test_spec(MapKind::LruHash, 2)).unwrap();
        let key = [1; 4];
        assert_eq!(map.update(&key, &[0; 8], BPF_EXIST), Err(Errno::ENOENT));
        assert_eq!(map.update(&key, &[0; 8], 7), Err(Errno::EINVAL));
        assert_eq!(map.update(&key, &[0; 8], BPF_ANY), Ok(()));
        assert_eq!(map.update(&key, &[0; 8], BPF_NOEXIST), Err(Errno::EEXIST));
        assert_eq!(map.delete(&key), Ok(()));
        assert_eq!(map.delete(&key), Err(Errno::ENOENT));
    }

    #[test]
    fn its_elements_are_always_preallocated() {
        let spec = MapSpec {
            flags: crate::map::BPF_F_NO_PREALLOC,
            ..test_spec(MapKind::LruHash, 2)
        };
        assert_eq!(create(spec).unwrap_err(), MapError::Flags(1));
    }

    #[test]
    fn threads_may_evict_each_others_keys() {
        let map = create(test_spec(MapKind::LruHash, 8)).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4u32 {
                let map = &map;
                scope.spawn(move || {
                    for key in 0..200u32 {
                        let key = (thread * 1000 + key).to_ne_bytes();
                        map.update(&key, &[7; 8], BPF_ANY).unwrap();
                        map.lookup_on(thread, &key);
                    }
                });
            }
        });
        assert_eq!(map.entries().len(), 8);
    }
}
