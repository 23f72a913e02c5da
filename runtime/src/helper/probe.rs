//! Reading through pointers that nobody vouches for: they fail with `EFAULT` where the program has no memory.

use bpfcc_isa::Size;

use crate::errno::Errno;
use crate::helper::in_run;
use crate::memory;

/// `long bpf_probe_read(dst, size, unsafe_ptr)`: copies, or fills `dst` with zeros where nothing can be read.
///
/// # Safety
///
/// `dst` must point to `size` writable bytes.
pub(super) unsafe extern "C" fn read(dst: u64, size: u64, from: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let mut bytes = vec![0; size as u32 as usize];
        let outcome = run.memory.read(from, &mut bytes);
        // SAFETY: the caller's promise.
        unsafe { memory::copy_to(dst, &bytes) };
        match outcome {
            Ok(()) => 0,
            Err(_) => Errno::EFAULT.to_result(),
        }
    })
}

/// `unsigned char bpf_fetch_u8(unsafe_ptr)`; like its three siblings, 0 where nothing can be read.
pub(super) extern "C" fn fetch_u8(from: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    fetch(from, Size::B)
}

/// `unsigned short bpf_fetch_u16(unsafe_ptr)`
pub(super) extern "C" fn fetch_u16(from: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    fetch(from, Size::H)
}

/// `unsigned int bpf_fetch_u32(unsafe_ptr)`
pub(super) extern "C" fn fetch_u32(from: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    fetch(from, Size::W)
}

/// `unsigned long long bpf_fetch_u64(unsafe_ptr)`, `void *bpf_fetch_ptr(unsafe_ptr)`
pub(super) extern "C" fn fetch_u64(from: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    fetch(from, Size::DW)
}

fn fetch(from: u64, size: Size) -> u64 {
    in_run(|run| run.memory.load(from, size).unwrap_or(0))
}

/// `int bpf_memcmp(unsafe_ptr, safe_ptr, size)`: negative, zero or positive like `memcmp`; positive as well where nothing
/// can be read.
///
/// # Safety
///
/// `safe` must point to `size` readable bytes.
pub(super) unsafe extern "C" fn memcmp(from: u64, safe: u64, size: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let mut left = vec![0; size as u32 as usize];
        let mut right = left.clone();
        // SAFETY: the caller's promise.
        unsafe { memory::copy_from(safe, &mut right) };
        match run.memory.read(from, &mut left) {
            Ok(()) => left.cmp(&right) as i64 as u64,
            Err(_) => 1,
        }
    })
}
