//! Lookup, update and delete, with a map (Linux) or with the index of a table (2014).

use std::sync::Arc;

use crate::errno::{Errno, to_result};
use crate::helper::{in_run, with_bytes};
use crate::map::{BPF_ANY, CPUS, Map};
use crate::run::Run;

/// `void *bpf_map_lookup_elem(map, key)`
///
/// # Safety
///
/// `key` must point to a key of the map.
pub(super) unsafe extern "C" fn lookup_elem(map: u64, key: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| match run.maps.by_address(map) {
        // SAFETY: the caller's promise.
        Some(map) => unsafe { lookup(run, map, key) },
        None => 0,
    })
}

/// `long bpf_map_update_elem(map, key, value, flags)`
///
/// # Safety
///
/// `key` and `value` must point to a key and a value of the map.
pub(super) unsafe extern "C" fn update_elem(
    map: u64,
    key: u64,
    value: u64,
    flags: u64,
    _: u64,
) -> u64 {
    in_run(|run| match run.maps.by_address(map) {
        // SAFETY: the caller's promise.
        Some(map) => unsafe { update(run, map, key, value, flags) },
        None => Errno::EINVAL.to_result(),
    })
}

/// `long bpf_map_delete_elem(map, key)`
///
/// # Safety
///
/// `key` must point to a key of the map.
pub(super) unsafe extern "C" fn delete_elem(map: u64, key: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| match run.maps.by_address(map) {
        // SAFETY: the caller's promise.
        Some(map) => unsafe {
            with_bytes(key, map.spec().key_size, |key| to_result(map.delete(key)))
        },
        None => Errno::EINVAL.to_result(),
    })
}

/// `void *bpf_map_lookup_percpu_elem(map, key, cpu)`
///
/// # Safety
///
/// `key` must point to a key of the map.
pub(super) unsafe extern "C" fn lookup_percpu_elem(
    map: u64,
    key: u64,
    cpu: u64,
    _: u64,
    _: u64,
) -> u64 {
    let cpu = cpu as u32;
    in_run(|run| match run.maps.by_address(map) {
        Some(map) if cpu < CPUS && map.spec().kind.is_percpu() => {
            let found = |key: &[u8]| map.lookup_on(cpu, key).unwrap_or(0);
            // SAFETY: the caller's promise.
            unsafe { with_bytes(key, map.spec().key_size, found) }
        }
        _ => 0,
    })
}

/// `void *bpf_table_lookup(ctx, table_id, key)`
///
/// # Safety
///
/// `key` must point to a key of the table.
pub(super) unsafe extern "C" fn table_lookup(_: u64, table: u64, key: u64, _: u64, _: u64) -> u64 {
    in_run(|run| match run.maps.table(table) {
        // SAFETY: the caller's promise.
        Some(map) => unsafe { lookup(run, map, key) },
        None => 0,
    })
}

/// `int bpf_table_update(ctx, table_id, key, elem)`
///
/// # Safety
///
/// `key` and `elem` must point to a key and a value of the table.
pub(super) unsafe extern "C" fn table_update(
    _: u64,
    table: u64,
    key: u64,
    elem: u64,
    _: u64,
) -> u64 {
    in_run(|run| match run.maps.table(table) {
        // SAFETY: the caller's promise.
        Some(map) => unsafe { update(run, map, key, elem, BPF_ANY) },
        None => Errno::EINVAL.to_result(),
    })
}

/// # Safety
///
/// `key` must point to a key of the map.
unsafe fn lookup(run: &Run<'_>, map: &Arc<dyn Map>, key: u64) -> u64 {
    let found = |key: &[u8]| map.lookup_on(run.kernel.cpu, key).unwrap_or(0);
    // SAFETY: the caller's promise.
    unsafe { with_bytes(key, map.spec().key_size, found) }
}

/// # Safety
///
/// `key` and `value` must point to a key and a value of the map.
unsafe fn update(run: &Run<'_>, map: &Arc<dyn Map>, key: u64, value: u64, flags: u64) -> u64 {
    let (key_size, value_size) = (map.spec().key_size, map.spec().value_size);
    // SAFETY: the caller's promise.
    unsafe {
        with_bytes(key, key_size, |key| {
            with_bytes(value, value_size, |value| {
                to_result(map.update_on(run.kernel.cpu, key, value, flags))
            })
        })
    }
}
