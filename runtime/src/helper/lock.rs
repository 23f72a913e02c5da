//! Spin locks in values of maps.
//!
//! A lock is a 32-bit word, 0 when it is free. A run holds one lock at most, as Linux demands; the interpreter checks that, and
//! what a run still holds at its end is released.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::helper::in_run;

/// A program that writes to the word of a lock itself may leave it taken for ever: after so many looks it is taken anyway.
const MAX_LOOKS: u32 = 1 << 22;

/// `void bpf_spin_lock(lock)`
///
/// # Safety
///
/// `lock` must point to an aligned word that may be read and written.
pub(super) unsafe extern "C" fn spin_lock(lock: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        // SAFETY: the caller's promise.
        let word = unsafe { word(lock) };
        for _ in 0..MAX_LOOKS {
            if word.swap(1, Ordering::Acquire) == 0 {
                break;
            }
            // Whoever holds it may be waiting for this processor.
            std::thread::yield_now();
        }
        run.memory.loans().set_lock(Some(lock));
        0
    })
}

/// `void bpf_spin_unlock(lock)`
///
/// # Safety
///
/// As for [`spin_lock`].
pub(super) unsafe extern "C" fn spin_unlock(lock: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        run.memory.loans().set_lock(None);
        // SAFETY: the caller's promise.
        unsafe { release(lock) };
        0
    })
}

/// Frees a lock.
///
/// # Safety
///
/// As for [`spin_lock`].
pub(crate) unsafe fn release(lock: u64) {
    // SAFETY: the caller's promise.
    unsafe { word(lock) }.store(0, Ordering::Release);
}

/// # Safety
///
/// As for [`spin_lock`].
unsafe fn word<'a>(lock: u64) -> &'a AtomicU32 {
    let pointer = std::ptr::with_exposed_provenance_mut::<u32>(lock as usize);
    // SAFETY: the caller's promise.
    unsafe { AtomicU32::from_ptr(pointer) }
}
