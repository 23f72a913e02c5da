//! `BPF_MAP_TYPE_BLOOM_FILTER`: says of a value that it was never added, or that it may have been.
//!
//! ```text
//!  value ──hash 0──► bit ┐
//!        ──hash 1──► bit ├ all set: perhaps; one not set: never      hashes: the low four bits of map_extra, or 5
//!        ──hash 2──► bit ┘
//! ```
//!
//! As many bits as Linux takes (`kernel/bpf/bloom_filter.c`): entries · hashes / ln 2, rounded up to a power of two.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::errno::Errno;
use crate::map::{
    BPF_ANY, BPF_F_NUMA_NODE, BPF_F_ZERO_SEED, Keyless, Map, MapError, MapSpec, check_keyless,
    check_len,
};
use crate::memory::Region;

/// Hashes where `map_extra` names no number.
const DEFAULT_HASHES: u64 = 5;

/// Linux takes no more bits than a 32-bit mask can name.
const MAX_BITS: u64 = 1 << 32;

/// A Bloom filter.
#[derive(Debug)]
pub struct BloomFilter {
    spec: MapSpec,
    hashes: u64,
    bits: Vec<AtomicU64>,
}

impl BloomFilter {
    pub(super) fn new(spec: MapSpec) -> Result<BloomFilter, MapError> {
        check_keyless(&spec, BPF_F_NUMA_NODE | BPF_F_ZERO_SEED)?;
        if spec.extra > 15 {
            return Err(MapError::Rule(
                "`map_extra` of a Bloom filter is the number of hashes, 15 at most",
            ));
        }
        let hashes = match spec.extra {
            0 => DEFAULT_HASHES,
            given => given,
        };
        // 7/5 stands for 1/ln 2.
        let bits = u64::from(spec.max_entries) * hashes / 5 * 7;
        let bits = bits.max(64).next_power_of_two().min(MAX_BITS);
        Ok(BloomFilter {
            hashes,
            bits: (0..bits / 64).map(|_| AtomicU64::new(0)).collect(),
            spec,
        })
    }

    /// The words and masks of a value's bits.
    fn places(&self, value: &[u8]) -> impl Iterator<Item = (&AtomicU64, u64)> {
        let bits = self.bits.len() as u64 * 64;
        (0..self.hashes).map(move |seed| {
            // Its keys are fixed, so that the same program sees the same filter each time.
            let mut hasher = DefaultHasher::new();
            (seed, value).hash(&mut hasher);
            let bit = hasher.finish() % bits;
            (&self.bits[(bit / 64) as usize], 1 << (bit % 64))
        })
    }
}

impl Keyless for BloomFilter {
    fn push(&self, value: &[u8], flags: u64) -> Result<(), Errno> {
        check_len(value, self.spec.value_size)?;
        if flags != BPF_ANY {
            return Err(Errno::EINVAL);
        }
        for (word, mask) in self.places(value) {
            word.fetch_or(mask, Ordering::Relaxed);
        }
        Ok(())
    }

    fn pop(&self, _value: &mut [u8]) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    /// Whether this value may have been added.
    fn peek(&self, value: &mut [u8]) -> Result<(), Errno> {
        check_len(value, self.spec.value_size)?;
        let is_set = |(word, mask): (&AtomicU64, u64)| word.load(Ordering::Relaxed) & mask != 0;
        match self.places(value).all(is_set) {
            true => Ok(()),
            false => Err(Errno::ENOENT),
        }
    }

    fn contents(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

impl Map for BloomFilter {
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
        Err(Errno::EOPNOTSUPP)
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
    use crate::map::{BPF_EXIST, MapKind, create, test_spec};

    fn spec(extra: u64) -> MapSpec {
        MapSpec {
            key_size: 0,
            extra,
            ..test_spec(MapKind::BloomFilter, 1000)
        }
    }

    #[test]
    fn what_was_added_is_found_and_most_of_the_rest_is_not() {
        let map = create(spec(3)).unwrap();
        let filter = map.as_keyless().unwrap();
        for n in 0..1000u64 {
            filter.push(&n.to_ne_bytes(), BPF_ANY).unwrap();
        }
        for n in 0..1000u64 {
            assert_eq!(filter.peek(&mut n.to_ne_bytes()), Ok(()));
        }
        let wrong = (1000..2000u64).filter(|n| filter.peek(&mut n.to_ne_bytes()).is_ok());
        assert!(wrong.count() < 200);
    }

    #[test]
    fn nothing_is_taken_out() {
        let map = create(spec(0)).unwrap();
        let filter = map.as_keyless().unwrap();
        assert_eq!(filter.pop(&mut [0; 8]), Err(Errno::EOPNOTSUPP));
        assert_eq!(filter.push(&[0; 8], BPF_EXIST), Err(Errno::EINVAL));
        assert_eq!(filter.peek(&mut [0; 8]), Err(Errno::ENOENT));
        assert_eq!(map.delete(&[]), Err(Errno::EOPNOTSUPP));
    }

    #[test]
    fn there_are_fifteen_hashes_at_most() {
        assert!(matches!(create(spec(16)), Err(MapError::Rule(_))));
        assert!(create(spec(15)).is_ok());
    }
}
