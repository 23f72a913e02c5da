//! `BPF_MAP_TYPE_ARRAY`: a value for each index below `max_entries`, zero at first; entries cannot be removed.
//!
//! Error numbers: Linux `kernel/bpf/arraymap.c`, `array_map_update_elem` and `array_map_delete_elem`.

use crate::errno::Errno;
use crate::map::values::Values;
use crate::map::{
    BPF_EXIST, BPF_F_MMAPABLE, BPF_F_NUMA_NODE, BPF_NOEXIST, Map, MapError, MapSpec, check_len,
    check_spec,
};
use crate::memory::Region;

/// An array.
#[derive(Debug)]
pub struct ArrayMap {
    spec: MapSpec,
    values: Values,
}

impl ArrayMap {
    pub(super) fn new(spec: MapSpec) -> Result<ArrayMap, MapError> {
        if spec.key_size != 4 {
            return Err(MapError::ArrayKey(spec.key_size));
        }
        check_spec(&spec, BPF_F_MMAPABLE | BPF_F_NUMA_NODE)?;
        let values = Values::new(&spec, 0)?;
        Ok(ArrayMap { spec, values })
    }

    fn index(&self, key: &[u8]) -> Option<u32> {
        let key: [u8; 4] = key.try_into().ok()?;
        let index = self.spec.endian.number(&key) as u32;
        (index < self.spec.max_entries).then_some(index)
    }
}

impl Map for ArrayMap {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    fn lookup(&self, key: &[u8]) -> Option<u64> {
        self.index(key).map(|index| self.values.address(index))
    }

    fn update(&self, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        check_len(key, 4)?;
        check_len(value, self.spec.value_size)?;
        if flags > BPF_EXIST {
            return Err(Errno::EINVAL);
        }
        let index = self.index(key).ok_or(Errno::E2BIG)?;
        // Every element of an array exists.
        if flags == BPF_NOEXIST {
            return Err(Errno::EEXIST);
        }
        self.values.set(index, value);
        Ok(())
    }

    fn delete(&self, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        let key = |index: u32| self.spec.endian.bytes(index.into(), 4);
        (0..self.spec.max_entries).map(key).collect()
    }

    fn values(&self) -> Region {
        self.values.region(&self.spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{BPF_ANY, MapKind, create, test_spec};

    #[test]
    fn elements_exist_from_the_start_and_stay() {
        let map = create(test_spec(MapKind::Array, 2)).unwrap();
        let (first, value) = (0u32.to_ne_bytes(), 7u64.to_ne_bytes());
        assert_eq!(map.get(&first), Some(vec![0; 8]));
        assert_eq!(map.update(&first, &value, BPF_ANY), Ok(()));
        assert_eq!(map.update(&first, &value, BPF_EXIST), Ok(()));
        assert_eq!(map.update(&first, &value, BPF_NOEXIST), Err(Errno::EEXIST));
        assert_eq!(map.delete(&first), Err(Errno::EINVAL));
        assert_eq!(map.get(&first), Some(value.to_vec()));
        assert_eq!(map.entries().len(), 2);
    }

    #[test]
    fn an_index_beyond_the_end_is_nothing_to_read_and_too_big_to_write() {
        let map = create(test_spec(MapKind::Array, 2)).unwrap();
        let (second, value) = (2u32.to_ne_bytes(), [0; 8]);
        assert_eq!(map.lookup(&second), None);
        assert_eq!(map.update(&second, &value, BPF_ANY), Err(Errno::E2BIG));
        assert_eq!(map.update(&second, &value, 3), Err(Errno::EINVAL));
        assert_eq!(map.update(&second, &[0; 4], 0), Err(Errno::EINVAL));
    }

    #[test]
    fn addresses_are_stable() {
        let map = create(test_spec(MapKind::Array, 2)).unwrap();
        let key = 1u32.to_ne_bytes();
        let before = map.lookup(&key);
        map.update(&key, &[1; 8], BPF_ANY).unwrap();
        assert_eq!(map.lookup(&key), before);
    }
}
