//! Values without keys: queues, stacks, Bloom filters.

use crate::errno::{Errno, to_result};
use crate::helper::{in_run, with_bytes};
use crate::map::Keyless;
use crate::memory;

/// `long bpf_map_push_elem(map, value, flags)`
///
/// # Safety
///
/// `value` must point to a value of the map.
pub(super) unsafe extern "C" fn push(map: u64, value: u64, flags: u64, _: u64, _: u64) -> u64 {
    with_map(map, |map, size| {
        // SAFETY: the caller's promise.
        unsafe { with_bytes(value, size, |value| map.push(value, flags)) }
    })
}

/// `long bpf_map_pop_elem(map, value)`
///
/// # Safety
///
/// `value` must point to room for a value of the map.
pub(super) unsafe extern "C" fn pop(map: u64, value: u64, _: u64, _: u64, _: u64) -> u64 {
    with_map(map, |map, size| {
        let mut bytes = vec![0; size as usize];
        let outcome = map.pop(&mut bytes);
        // SAFETY: the caller's promise.
        unsafe { memory::copy_to(value, &bytes) };
        outcome
    })
}

/// `long bpf_map_peek_elem(map, value)`: a Bloom filter is asked about the value, the others write theirs.
///
/// # Safety
///
/// `value` must point to a value of the map, which may be written.
pub(super) unsafe extern "C" fn peek(map: u64, value: u64, _: u64, _: u64, _: u64) -> u64 {
    with_map(map, |map, size| {
        let mut bytes = vec![0; size as usize];
        // SAFETY: the caller's promise.
        unsafe { memory::copy_from(value, &mut bytes) };
        let outcome = map.peek(&mut bytes);
        // SAFETY: as above.
        unsafe { memory::copy_to(value, &bytes) };
        outcome
    })
}

/// Hands the map and the size of its values to `body`.
fn with_map(map: u64, body: impl FnOnce(&dyn Keyless, u32) -> Result<(), Errno>) -> u64 {
    in_run(|run| {
        let Some(map) = run.maps.by_address(map) else {
            return Errno::EINVAL.to_result();
        };
        match map.as_keyless() {
            Some(keyless) => to_result(body(keyless, map.spec().value_size)),
            None => Errno::EOPNOTSUPP.to_result(),
        }
    })
}
