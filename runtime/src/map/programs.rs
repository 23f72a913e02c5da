//! `BPF_MAP_TYPE_PROG_ARRAY`: programs to go on with, for `bpf_tail_call`.
//!
//! A slot holds the name of a function of the same object. The linker appends all functions that a program may go on with to
//! the program itself ([`Program`](crate::Program)), so that a tail call is a jump.

use std::sync::{Arc, PoisonError, RwLock};

use crate::errno::Errno;
use crate::map::{BPF_F_NUMA_NODE, Map, MapError, MapSpec, check_spec};
use crate::memory::Region;

/// Tail calls that one run may make (`MAX_TAIL_CALL_CNT`).
pub const MAX_TAIL_CALLS: u32 = 33;

/// Most slots; Linux is bounded by memory.
const MAX_SLOTS: u32 = 1 << 20;

/// An array of programs.
#[derive(Debug)]
pub struct ProgArray {
    spec: MapSpec,
    slots: RwLock<Vec<Option<Arc<str>>>>,
}

impl ProgArray {
    pub(super) fn new(spec: MapSpec) -> Result<ProgArray, MapError> {
        check_spec(&spec, BPF_F_NUMA_NODE)?;
        if spec.key_size != 4 || spec.value_size != 4 {
            return Err(MapError::Rule(
                "keys and values of a program array are 32-bit numbers",
            ));
        }
        if spec.max_entries > MAX_SLOTS {
            return Err(MapError::OutOfMemory {
                entries: spec.max_entries,
                value_size: spec.value_size,
            });
        }
        let slots = vec![None; spec.max_entries as usize];
        Ok(ProgArray {
            spec,
            slots: RwLock::new(slots),
        })
    }

    /// Puts a function of the object into a slot, or empties it. Those that a program may go on with have the type of its own
    /// section; a tail call to any other does nothing.
    pub fn set(&self, index: u32, function: Option<&str>) -> Result<(), Errno> {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.get_mut(index as usize).ok_or(Errno::E2BIG)?;
        *slot = function.map(Arc::from);
        Ok(())
    }

    /// The function in a slot.
    pub fn function(&self, index: u32) -> Option<Arc<str>> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.get(index as usize)?.clone()
    }

    /// The slots that are not empty.
    pub fn functions(&self) -> Vec<(u32, Arc<str>)> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let used = (0u32..).zip(slots.iter());
        used.filter_map(|(index, name)| Some((index, name.clone()?)))
            .collect()
    }
}

impl Map for ProgArray {
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

    fn as_programs(&self) -> Option<&ProgArray> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{MapKind, create, test_spec};

    #[test]
    fn slots_hold_names_of_functions() {
        let map = create(MapSpec {
            value_size: 4,
            ..test_spec(MapKind::ProgArray, 2)
        })
        .unwrap();
        let programs = map.as_programs().unwrap();
        assert_eq!(programs.set(1, Some("f")), Ok(()));
        assert_eq!(programs.set(2, Some("g")), Err(Errno::E2BIG));
        assert_eq!(programs.functions(), [(1, "f".into())]);
        assert_eq!(programs.function(0), None);
        assert_eq!(programs.set(1, None), Ok(()));
        assert_eq!(programs.functions(), []);
    }

    #[test]
    fn programs_are_numbers() {
        let spec = test_spec(MapKind::ProgArray, 2);
        assert!(matches!(create(spec), Err(MapError::Rule(_))));
    }
}
