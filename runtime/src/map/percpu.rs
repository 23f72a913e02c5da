//! `BPF_MAP_TYPE_PERCPU_ARRAY`, `PERCPU_HASH` and `LRU_PERCPU_HASH`: a map whose values exist once per processor.
//!
//! It is the plain map with one wide value for each key, of which every processor sees its own part:
//!
//! ```text
//!  key ──► ┌─────────┬───┬─────────┬───┬─────────┬───┬─────────┬───┐
//!          │ CPU 0   │   │ CPU 1   │   │ CPU 2   │   │ CPU 3   │   │     each rounded up to 8 bytes
//!          └─────────┴───┴─────────┴───┴─────────┴───┴─────────┴───┘
//! ```
//!
//! That is also what the system call `BPF_MAP_LOOKUP_ELEM` of Linux hands out. An update by a program writes the part of its
//! processor, in place (`pcpu_copy_value`); a key that is new is zero on the others (`pcpu_init_value`).

use crate::errno::Errno;
use crate::map::{
    BPF_ANY, BPF_F_MMAPABLE, BPF_F_NUMA_NODE, BPF_NOEXIST, CPUS, Map, MapError, MapSpec, check_len,
    check_update_flags,
};
use crate::memory::{self, Region};

/// Largest value (Linux `PCPU_MIN_UNIT_SIZE`).
const MAX_VALUE: u32 = 32 << 10;

/// A map with a value for each processor.
#[derive(Debug)]
pub struct PercpuMap<M> {
    spec: MapSpec,
    wide: M,
}

impl<M: Map> PercpuMap<M> {
    pub(super) fn new(
        spec: MapSpec,
        plain: fn(MapSpec) -> Result<M, MapError>,
    ) -> Result<PercpuMap<M>, MapError> {
        if spec.value_size > MAX_VALUE {
            return Err(MapError::PercpuValue(spec.value_size));
        }
        if spec.flags & (BPF_F_MMAPABLE | BPF_F_NUMA_NODE) != 0 {
            return Err(MapError::Flags(spec.flags));
        }
        let wide = plain(MapSpec {
            value_size: spec.value_bytes(),
            ..spec.clone()
        })?;
        Ok(PercpuMap { spec, wide })
    }

    fn part(&self, cpu: u32) -> u64 {
        u64::from(cpu % CPUS) * self.spec.value_stride()
    }
}

impl<M: Map> Map for PercpuMap<M> {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, key: &[u8]) -> Option<u64> {
        self.wide.lookup(key)
    }

    fn lookup_on(&self, cpu: u32, key: &[u8]) -> Option<u64> {
        Some(self.wide.lookup_on(cpu, key)? + self.part(cpu))
    }

    fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        self.wide.update(key, value, flags)
    }

    fn update_on(&self, cpu: u32, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        check_len(key, self.spec.key_size)?;
        check_len(value, self.spec.value_size)?;
        loop {
            if let Some(address) = self.lookup_on(cpu, key) {
                check_update_flags(flags, true)?;
                // SAFETY: `value_size` bytes of the map's memory are there, and it lives as long as the map.
                unsafe { memory::copy_to(address, value) };
                return Ok(());
            }
            let mut wide = vec![0; self.spec.value_bytes() as usize];
            let start = self.part(cpu) as usize;
            wide[start..start + value.len()].copy_from_slice(value);
            let create = match flags {
                BPF_ANY => BPF_NOEXIST,
                flags => flags,
            };
            match self.wide.update(key, &wide, create) {
                // Another thread was faster: its value is there to be replaced.
                Err(Errno::EEXIST) if flags == BPF_ANY => {}
                outcome => return outcome,
            }
        }
    }

    fn delete(&self, key: &[u8]) -> Result<(), Errno> {
        self.wide.delete(key)
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        self.wide.keys()
    }

    fn values(&self) -> Region {
        let (size, stride) = (self.spec.value_size.into(), self.spec.value_stride());
        self.wide.values().divided(size, stride)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{BPF_EXIST, MapKind, create, test_spec};
    use crate::memory::Access;

    fn narrow(kind: MapKind) -> MapSpec {
        MapSpec {
            value_size: 4,
            ..test_spec(kind, 2)
        }
    }

    #[test]
    fn each_processor_has_its_own_value() {
        for kind in [
            MapKind::PercpuArray,
            MapKind::PercpuHash,
            MapKind::LruPercpuHash,
        ] {
            let map = create(narrow(kind)).unwrap();
            let key = 1u32.to_ne_bytes();
            map.update_on(1, &key, &[1; 4], BPF_ANY).unwrap();
            map.update_on(3, &key, &[3; 4], BPF_EXIST).unwrap();
            assert_eq!(map.get_on(0, &key), Some(vec![0; 4]), "{kind}");
            assert_eq!(map.get_on(1, &key), Some(vec![1; 4]), "{kind}");
            assert_eq!(map.get_on(3, &key), Some(vec![3; 4]), "{kind}");
            let all = map.get(&key).unwrap();
            assert_eq!(all.len(), 8 * CPUS as usize, "{kind}");
            assert_eq!(all[8..16], [1, 1, 1, 1, 0, 0, 0, 0], "{kind}");
        }
    }

    #[test]
    fn errors_are_those_of_the_plain_map() {
        let array = create(narrow(MapKind::PercpuArray)).unwrap();
        let (second, beyond) = (1u32.to_ne_bytes(), 2u32.to_ne_bytes());
        assert_eq!(
            array.update_on(0, &second, &[0; 4], BPF_NOEXIST),
            Err(Errno::EEXIST)
        );
        for flags in [BPF_ANY, BPF_EXIST, BPF_NOEXIST] {
            assert_eq!(
                array.update_on(0, &beyond, &[0; 4], flags),
                Err(Errno::E2BIG)
            );
        }
        assert_eq!(array.delete(&second), Err(Errno::EINVAL));
        let hash = create(narrow(MapKind::PercpuHash)).unwrap();
        assert_eq!(
            hash.update_on(0, &second, &[0; 4], BPF_EXIST),
            Err(Errno::ENOENT)
        );
        for key in [1u32, 2] {
            hash.update_on(0, &key.to_ne_bytes(), &[0; 4], BPF_NOEXIST)
                .unwrap();
        }
        assert_eq!(
            hash.update_on(0, &[9; 4], &[0; 4], BPF_ANY),
            Err(Errno::E2BIG)
        );
        assert_eq!(hash.update(&second, &[0; 4], BPF_ANY), Err(Errno::EINVAL));
    }

    #[test]
    fn an_access_stays_within_the_part_of_one_processor() {
        let map = create(narrow(MapKind::PercpuArray)).unwrap();
        let at = map.lookup_on(2, &0u32.to_ne_bytes()).unwrap();
        assert!(map.values().check(at, 4, Access::Write).is_ok());
        assert!(map.values().check(at, 8, Access::Write).is_err());
    }

    #[test]
    fn values_are_smaller_than_elsewhere() {
        let spec = MapSpec {
            value_size: MAX_VALUE + 1,
            ..test_spec(MapKind::PercpuHash, 1)
        };
        assert_eq!(
            create(spec).unwrap_err(),
            MapError::PercpuValue(MAX_VALUE + 1)
        );
    }
}
