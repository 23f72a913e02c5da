//! `BPF_MAP_TYPE_QUEUE` and `STACK`: values without keys, taken out in the order they came, or the last one first.
//!
//! Error numbers: Linux `kernel/bpf/queue_stack_maps.c`.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::errno::Errno;
use crate::map::{
    BPF_ANY, BPF_EXIST, BPF_F_NUMA_NODE, Keyless, Map, MapError, MapKind, MapSpec, check_keyless,
    check_len,
};
use crate::memory::Region;

/// A queue or a stack.
#[derive(Debug)]
pub struct QueueMap {
    spec: MapSpec,
    /// Oldest first.
    values: Mutex<VecDeque<Vec<u8>>>,
}

impl QueueMap {
    pub(super) fn new(spec: MapSpec) -> Result<QueueMap, MapError> {
        check_keyless(&spec, BPF_F_NUMA_NODE)?;
        Ok(QueueMap {
            spec,
            values: Mutex::default(),
        })
    }

    // A queue is whole even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Vec<u8>>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn takes_the_newest(&self) -> bool {
        self.spec.kind == MapKind::Stack
    }
}

impl Keyless for QueueMap {
    fn push(&self, value: &[u8], flags: u64) -> Result<(), Errno> {
        check_len(value, self.spec.value_size)?;
        let replace = match flags {
            BPF_ANY => false,
            BPF_EXIST => true,
            _ => return Err(Errno::EINVAL),
        };
        let mut values = self.lock();
        if values.len() >= self.spec.max_entries as usize {
            if !replace {
                return Err(Errno::E2BIG);
            }
            values.pop_front();
        }
        values.push_back(value.to_vec());
        Ok(())
    }

    fn pop(&self, value: &mut [u8]) -> Result<(), Errno> {
        let mut values = self.lock();
        let taken = match self.takes_the_newest() {
            true => values.pop_back(),
            false => values.pop_front(),
        };
        fill(value, taken.as_deref())
    }

    fn peek(&self, value: &mut [u8]) -> Result<(), Errno> {
        let values = self.lock();
        let next = match self.takes_the_newest() {
            true => values.back(),
            false => values.front(),
        };
        fill(value, next.map(Vec::as_slice))
    }

    fn contents(&self) -> Vec<Vec<u8>> {
        let values = self.lock();
        match self.takes_the_newest() {
            true => values.iter().rev().cloned().collect(),
            false => values.iter().cloned().collect(),
        }
    }
}

/// Where there is nothing, the caller gets zeros with the error.
fn fill(value: &mut [u8], found: Option<&[u8]>) -> Result<(), Errno> {
    value.fill(0);
    let found = found.ok_or(Errno::ENOENT)?;
    check_len(value, found.len() as u32)?;
    value.copy_from_slice(found);
    Ok(())
}

impl Map for QueueMap {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, _key: &[u8]) -> Option<u64> {
        None
    }

    fn update(&self, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn values(&self) -> Region {
        Region::NOWHERE
    }

    fn as_keyless(&self) -> Option<&dyn Keyless> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{BPF_NOEXIST, create, test_spec};
    use std::sync::Arc;

    fn of(kind: MapKind) -> Arc<dyn Map> {
        create(MapSpec {
            key_size: 0,
            value_size: 1,
            ..test_spec(kind, 2)
        })
        .unwrap()
    }

    #[test]
    fn a_queue_gives_the_oldest_and_a_stack_the_newest() {
        for (kind, first, second) in [(MapKind::Queue, 1, 2), (MapKind::Stack, 2, 1)] {
            let map = of(kind);
            let values = map.as_keyless().unwrap();
            assert_eq!(values.push(&[1], BPF_ANY), Ok(()));
            assert_eq!(values.push(&[2], BPF_ANY), Ok(()));
            assert_eq!(values.contents(), [vec![first], vec![second]]);
            let mut value = [9];
            for expected in [first, second] {
                assert_eq!(values.peek(&mut value), Ok(()));
                assert_eq!(value, [expected]);
                assert_eq!(values.pop(&mut value), Ok(()));
                assert_eq!(value, [expected]);
            }
            assert_eq!(values.peek(&mut value), Err(Errno::ENOENT));
            assert_eq!(values.pop(&mut value), Err(Errno::ENOENT));
            assert_eq!(value, [0], "nothing leaves zeros");
        }
    }

    #[test]
    fn a_full_one_drops_the_oldest_when_asked() {
        for kind in [MapKind::Queue, MapKind::Stack] {
            let map = of(kind);
            let values = map.as_keyless().unwrap();
            for value in [1, 2] {
                values.push(&[value], BPF_ANY).unwrap();
            }
            assert_eq!(values.push(&[3], BPF_ANY), Err(Errno::E2BIG));
            assert_eq!(values.push(&[3], BPF_NOEXIST), Err(Errno::EINVAL));
            assert_eq!(values.push(&[3], 4), Err(Errno::EINVAL));
            assert_eq!(values.push(&[3], BPF_EXIST), Ok(()));
            let mut left = values.contents();
            left.sort();
            assert_eq!(left, [vec![2], vec![3]]);
        }
    }

    #[test]
    fn there_are_no_keys() {
        let spec = test_spec(MapKind::Queue, 1);
        assert!(matches!(create(spec), Err(MapError::Rule(_))));
        let map = of(MapKind::Stack);
        assert_eq!(map.update(&[], &[1], BPF_ANY), Err(Errno::EINVAL));
        assert_eq!(map.delete(&[]), Err(Errno::EINVAL));
        assert_eq!(map.lookup(&[]), None);
    }
}
