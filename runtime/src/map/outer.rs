//! `BPF_MAP_TYPE_ARRAY_OF_MAPS` and `HASH_OF_MAPS`: maps found by key, all made like one template.
//!
//! What a lookup gives to a program is the pointer by which programs name the inner map. Inner maps are maps of the same
//! object. Error numbers: Linux `kernel/bpf/map_in_map.c`.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::errno::Errno;
use crate::map::{
    BPF_F_NO_PREALLOC, BPF_F_NUMA_NODE, Map, MapError, MapKind, MapSpec, check_len, check_spec,
};
use crate::memory::Region;

/// `BPF_F_INNER_MAP`: inner arrays may differ in their number of entries.
const BPF_F_INNER_MAP: u32 = 1 << 12;

/// A map of maps.
#[derive(Debug)]
pub struct MapOfMaps {
    spec: MapSpec,
    inner: RwLock<BTreeMap<Vec<u8>, Arc<dyn Map>>>,
}

impl MapOfMaps {
    pub(super) fn new(spec: MapSpec) -> Result<MapOfMaps, MapError> {
        check_spec(&spec, BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE)?;
        if spec.kind == MapKind::ArrayOfMaps && spec.key_size != 4 {
            return Err(MapError::ArrayKey(spec.key_size));
        }
        if spec.value_size != 4 {
            return Err(MapError::Rule("values of a map of maps are 32-bit numbers"));
        }
        let template = spec.inner.as_deref().ok_or(MapError::Rule(
            "a map of maps needs a template: `__array(values, struct …)`",
        ))?;
        let is_outer = matches!(
            template.kind,
            MapKind::ArrayOfMaps | MapKind::HashOfMaps | MapKind::ProgArray
        );
        if is_outer {
            return Err(MapError::Rule(
                "maps of maps and of programs cannot be inner maps",
            ));
        }
        Ok(MapOfMaps {
            spec,
            inner: RwLock::default(),
        })
    }

    /// Puts a map under a key. It must be made like the template.
    pub fn set(&self, key: &[u8], map: Arc<dyn Map>) -> Result<(), Errno> {
        check_len(key, self.spec.key_size)?;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let is_full = inner.len() >= self.spec.max_entries as usize && !inner.contains_key(key);
        if self.is_beyond(key) || is_full {
            return Err(Errno::E2BIG);
        }
        if !self.is_like_template(map.spec()) {
            return Err(Errno::EINVAL);
        }
        inner.insert(key.to_vec(), map);
        Ok(())
    }

    /// Takes the map from under a key.
    pub fn remove(&self, key: &[u8]) -> Result<(), Errno> {
        check_len(key, self.spec.key_size)?;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.remove(key).map(|_| ()).ok_or(Errno::ENOENT)
    }

    /// The maps with their keys.
    pub fn inner(&self) -> Vec<(Vec<u8>, Arc<dyn Map>)> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let copies = inner.iter().map(|(key, map)| (key.clone(), map.clone()));
        copies.collect()
    }

    fn is_beyond(&self, key: &[u8]) -> bool {
        let index = || self.spec.endian.number(key) as u64;
        self.spec.kind == MapKind::ArrayOfMaps && index() >= self.spec.max_entries.into()
    }

    /// `bpf_map_meta_equal`, and `array_map_meta_equal` for arrays.
    fn is_like_template(&self, map: &MapSpec) -> bool {
        let Some(template) = self.spec.inner.as_deref() else {
            return false;
        };
        let shape = |spec: &MapSpec| (spec.kind, spec.key_size, spec.value_size, spec.flags);
        let may_differ = map.kind != MapKind::Array || template.flags & BPF_F_INNER_MAP != 0;
        shape(map) == shape(template) && (may_differ || map.max_entries == template.max_entries)
    }
}

impl Map for MapOfMaps {
    fn spec(&self) -> &MapSpec {
        &self.spec
    }

    /// The outside finds maps with [`MapOfMaps::inner`].
    fn lookup(&self, _key: &[u8]) -> Option<u64> {
        None
    }

    fn lookup_on(&self, _cpu: u32, key: &[u8]) -> Option<u64> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.get(key).map(|map| map.address())
    }

    fn update(&self, _key: &[u8], _value: &[u8], _flags: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn delete(&self, _key: &[u8]) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.keys().cloned().collect()
    }

    fn values(&self) -> Region {
        Region::NOWHERE
    }

    fn as_outer(&self) -> Option<&MapOfMaps> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{create, test_spec};

    fn outer(kind: MapKind, template: MapSpec) -> Result<MapOfMaps, MapError> {
        MapOfMaps::new(MapSpec {
            value_size: 4,
            inner: Some(Box::new(template)),
            ..test_spec(kind, 2)
        })
    }

    #[test]
    fn inner_maps_are_made_like_the_template() {
        for kind in [MapKind::ArrayOfMaps, MapKind::HashOfMaps] {
            let outer = outer(kind, test_spec(MapKind::Array, 3)).unwrap();
            let array = |entries| create(test_spec(MapKind::Array, entries)).unwrap();
            let key = 1u32.to_ne_bytes();
            assert_eq!(outer.set(&key, array(4)), Err(Errno::EINVAL));
            let hash = create(test_spec(MapKind::Hash, 3)).unwrap();
            assert_eq!(outer.set(&key, hash), Err(Errno::EINVAL));
            let fits = array(3);
            assert_eq!(outer.set(&key, fits.clone()), Ok(()));
            assert_eq!(outer.lookup_on(0, &key), Some(fits.address()));
            assert_eq!(outer.remove(&key), Ok(()));
            assert_eq!(outer.remove(&key), Err(Errno::ENOENT));
        }
    }

    #[test]
    fn there_is_room_for_max_entries() {
        let template = || test_spec(MapKind::Hash, 3);
        let map = || create(template()).unwrap();
        let array = outer(MapKind::ArrayOfMaps, template()).unwrap();
        assert_eq!(array.set(&2u32.to_ne_bytes(), map()), Err(Errno::E2BIG));
        let hash = outer(MapKind::HashOfMaps, template()).unwrap();
        for key in [7u32, 8, 8] {
            assert_eq!(hash.set(&key.to_ne_bytes(), map()), Ok(()));
        }
        assert_eq!(hash.set(&9u32.to_ne_bytes(), map()), Err(Errno::E2BIG));
    }

    #[test]
    fn maps_are_nested_once() {
        let nested = test_spec(MapKind::HashOfMaps, 1);
        assert!(matches!(
            outer(MapKind::ArrayOfMaps, nested),
            Err(MapError::Rule(_))
        ));
        let alone = MapSpec {
            value_size: 4,
            ..test_spec(MapKind::ArrayOfMaps, 1)
        };
        assert!(matches!(MapOfMaps::new(alone), Err(MapError::Rule(_))));
    }
}
