//! Host functions: the code behind rows of [`bpfcc_isa::helpers`].
//!
//! Each is an `extern "C"` function of five 64-bit arguments that the program's registers already hold. The functions that
//! follow pointers are `unsafe`: they rely on their arguments being what the row demands, which the interpreter checks
//! ([`crate::check`]) and a trusted program guarantees. An address that a program may pass unchecked (`probe_read`) is held
//! against the run's memory here.

mod format;
mod libc;
pub(crate) mod lock;
mod map;
mod print;
mod probe;
mod queue;
mod random;
mod stream;
mod tail;
mod task;
mod text;
mod time;

use bpfcc_isa::helpers::{Signature, helper_by_id, named_2014};

use crate::env::{HostCode, HostFunction};
use crate::errno::Errno;
use crate::memory;
use crate::run::{Run, current};

/// The helpers of Linux that are implemented, by number.
const NUMBERED: &[(i32, HostCode)] = &[
    (1, map::lookup_elem),
    (2, map::update_elem),
    (3, map::delete_elem),
    (4, probe::read),
    (5, time::ktime_get_ns),
    (6, print::trace_printk),
    (7, random::get_prandom_u32),
    (8, task::get_smp_processor_id),
    (TAIL_CALL, tail::tail_call),
    (14, task::get_current_pid_tgid),
    (15, task::get_current_uid_gid),
    (16, task::get_current_comm),
    (25, stream::perf_event_output),
    (87, queue::push),
    (88, queue::pop),
    (89, queue::peek),
    (93, lock::spin_lock),
    (94, lock::spin_unlock),
    (113, probe::read),
    (125, time::ktime_get_ns),
    (130, stream::output),
    (131, stream::reserve),
    (132, stream::submit),
    (133, stream::discard),
    (134, stream::query),
    (160, time::ktime_get_ns),
    (165, text::snprintf),
    (182, text::strncmp),
    (195, map::lookup_percpu_elem),
];

/// `bpf_tail_call`.
const TAIL_CALL: i32 = 12;

/// The functions of 2014 that are implemented, by name.
const NAMED: &[(&str, HostCode)] = &[
    ("bpf_table_lookup", map::table_lookup),
    ("bpf_table_update", map::table_update),
    ("bpf_load_pointer", probe::fetch_u64),
    ("bpf_fetch_ptr", probe::fetch_u64),
    ("bpf_fetch_u8", probe::fetch_u8),
    ("bpf_fetch_u16", probe::fetch_u16),
    ("bpf_fetch_u32", probe::fetch_u32),
    ("bpf_fetch_u64", probe::fetch_u64),
    ("bpf_memcmp", probe::memcmp),
    ("bpf_trace_printk", print::trace_printk),
    ("bpf_printk", print::trace_printk),
    ("bpf_ktime_get_ns", time::ktime_get_ns),
];

/// The functions of Linux.
pub(crate) fn by_number() -> impl Iterator<Item = HostFunction> {
    NUMBERED.iter().filter_map(|&(number, code)| {
        let helper = helper_by_id(number)?;
        let function = bind(helper.signature, code).numbered(number);
        Some(match number {
            TAIL_CALL => function.transfers(),
            _ => function,
        })
    })
}

/// The functions of 2014.
pub(crate) fn by_name() -> impl Iterator<Item = HostFunction> {
    NAMED
        .iter()
        .filter_map(|&(name, code)| Some(bind(*named_2014(name)?, code)))
}

/// The functions of the C library.
pub(crate) fn of_c_library() -> impl Iterator<Item = HostFunction> {
    libc::FUNCTIONS.iter().copied()
}

fn bind(signature: Signature, code: HostCode) -> HostFunction {
    // SAFETY: each function of the two tables above says in its own `# Safety` what it relies on: its row's demands.
    unsafe { HostFunction::with_signature(signature, code) }
}

/// What a helper returns when there is no run to serve. Only a direct call from the host can see it.
const NO_RUN: u64 = Errno::EPERM.to_result();

fn in_run(body: impl FnOnce(&Run<'_>) -> u64) -> u64 {
    current(body).unwrap_or(NO_RUN)
}

/// Hands a copy of some bytes to `body`.
///
/// # Safety
///
/// `len` bytes at `addr` must be readable memory.
unsafe fn with_bytes<R>(addr: u64, len: u32, body: impl FnOnce(&[u8]) -> R) -> R {
    // Keys and values are usually small; those on the native stack need no allocation.
    let mut small = [0; 64];
    let mut large;
    let bytes = match small.get_mut(..len as usize) {
        Some(bytes) => bytes,
        None => {
            large = vec![0; len as usize];
            &mut large
        }
    };
    // SAFETY: the caller's promise.
    unsafe { memory::copy_from(addr, bytes) };
    body(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_implementation_has_a_row() {
        assert_eq!(by_number().count(), NUMBERED.len());
        assert_eq!(by_name().count(), NAMED.len());
    }

    #[test]
    fn helpers_outside_of_a_run_do_nothing() {
        for function in by_number().chain(by_name()) {
            let code = function.code();
            // SAFETY: without a run no helper looks at its arguments.
            assert_eq!(unsafe { code(0, 0, 0, 0, 0) }, NO_RUN);
        }
    }
}
