//! `BPF_MAP_TYPE_HASH`: up to `max_entries` values found by key.
//!
//! As in Linux (`kernel/bpf/hashtab.c`, preallocated), replacing a value writes a fresh slot and then turns the key to it, so
//! that whoever looks up sees the old value or the new one and no mixture. The old slot is reused as late as possible.
//!
//! ```text
//!  index:  key ──► slot number          values:  ┌───┬───┬───┬───┐
//!  free:   slots that no key points to           │ 0 │ 1 │ … │ n │   n = max_entries: one spare for replacing when full
//! ```

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::errno::Errno;
use crate::map::slots::Slots;
use crate::map::values::Values;
use crate::map::{
    BPF_F_NO_PREALLOC, BPF_F_NUMA_NODE, BPF_F_ZERO_SEED, Map, MapError, MapSpec, check_len,
    check_spec, check_update_flags,
};
use crate::memory::Region;

/// A hash table.
#[derive(Debug)]
pub struct HashMap {
    spec: MapSpec,
    values: Values,
    index: RwLock<Index>,
}

#[derive(Debug)]
struct Index {
    slots: std::collections::HashMap<Box<[u8]>, u32>,
    /// A slot is free as long as `max_entries` is respected.
    free: Slots,
}

impl HashMap {
    pub(super) fn new(spec: MapSpec) -> Result<HashMap, MapError> {
        check_spec(&spec, BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE | BPF_F_ZERO_SEED)?;
        let values = Values::new(&spec, 1)?;
        let index = Index {
            slots: std::collections::HashMap::new(),
            free: Slots::up_to(spec.max_entries),
        };
        Ok(HashMap {
            spec,
            values,
            index: RwLock::new(index),
        })
    }

    // A thread that panicked while it held the lock left the index whole: no step of an update can panic halfway.
    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Map for HashMap {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, key: &[u8]) -> Option<u64> {
        let slot = *self.read().slots.get(key)?;
        Some(self.values.address(slot))
    }

    fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        check_len(key, self.spec.key_size)?;
        check_len(value, self.spec.value_size)?;
        let mut index = self.write();
        let old = index.slots.get(key).copied();
        check_update_flags(flags, old.is_some())?;
        if old.is_none() && index.slots.len() >= self.spec.max_entries as usize {
            return Err(Errno::E2BIG);
        }
        let slot = index.free.take().ok_or(Errno::ENOMEM)?;
        self.values.set(slot, value);
        if let Some(old) = index.slots.insert(key.into(), slot) {
            index.free.give(old);
        }
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), Errno> {
        check_len(key, self.spec.key_size)?;
        let mut index = self.write();
        let slot = index.slots.remove(key).ok_or(Errno::ENOENT)?;
        index.free.give(slot);
        Ok(())
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        let mut keys: Vec<_> = self.read().slots.keys().map(|key| key.to_vec()).collect();
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
    fn flags_say_whether_the_key_must_exist() {
        let map = create(test_spec(MapKind::Hash, 2)).unwrap();
        let key = [1, 0, 0, 0];
        assert_eq!(map.update(&key, &[1; 8], BPF_EXIST), Err(Errno::ENOENT));
        assert_eq!(map.update(&key, &[1; 8], BPF_NOEXIST), Ok(()));
        assert_eq!(map.update(&key, &[2; 8], BPF_NOEXIST), Err(Errno::EEXIST));
        assert_eq!(map.update(&key, &[3; 8], BPF_EXIST), Ok(()));
        assert_eq!(map.update(&key, &[4; 8], 4), Err(Errno::EINVAL));
        assert_eq!(map.get(&key), Some(vec![3; 8]));
    }

    #[test]
    fn a_full_table_takes_no_new_keys_but_new_values() {
        let map = create(test_spec(MapKind::Hash, 2)).unwrap();
        for key in [[1, 0, 0, 0], [2, 0, 0, 0]] {
            map.update(&key, &[0; 8], BPF_ANY).unwrap();
        }
        assert_eq!(map.update(&[3, 0, 0, 0], &[0; 8], 0), Err(Errno::E2BIG));
        for round in 0..100 {
            map.update(&[2, 0, 0, 0], &[round; 8], BPF_ANY).unwrap();
        }
        assert_eq!(map.get(&[2, 0, 0, 0]), Some(vec![99; 8]));
        assert_eq!(map.delete(&[1, 0, 0, 0]), Ok(()));
        assert_eq!(map.delete(&[1, 0, 0, 0]), Err(Errno::ENOENT));
        assert_eq!(map.update(&[3, 0, 0, 0], &[0; 8], 0), Ok(()));
        assert_eq!(map.keys(), [vec![2, 0, 0, 0], vec![3, 0, 0, 0]]);
    }

    #[test]
    fn an_old_pointer_keeps_the_old_value_for_a_while() {
        let map = create(test_spec(MapKind::Hash, 4)).unwrap();
        let key = [0; 4];
        map.update(&key, &[1; 8], BPF_ANY).unwrap();
        let old = map.lookup(&key).unwrap();
        map.update(&key, &[2; 8], BPF_ANY).unwrap();
        let mut bytes = [0; 8];
        // SAFETY: values live as long as their map.
        unsafe { crate::memory::copy_from(old, &mut bytes) };
        assert_eq!(bytes, [1; 8]);
        assert_eq!(map.get(&key), Some(vec![2; 8]));
    }

    #[test]
    fn many_threads_may_update_at_once() {
        let map = create(test_spec(MapKind::Hash, 400)).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4u32 {
                let map = &map;
                scope.spawn(move || {
                    for key in 0..100u32 {
                        let key = (thread * 100 + key).to_ne_bytes();
                        map.update(&key, &[7; 8], BPF_NOEXIST).unwrap();
                    }
                });
            }
        });
        assert_eq!(map.entries().len(), 400);
    }
}
