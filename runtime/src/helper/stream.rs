//! Records for the user side: ring buffers and perf events.

use crate::errno::{Errno, to_result};
use crate::helper::in_run;
use crate::loan::Loan;
use crate::map::{RingBuffer, Stream};
use crate::memory;
use crate::run::Run;

/// `void *bpf_ringbuf_reserve(ringbuf, size, flags)`
pub(super) extern "C" fn reserve(map: u64, size: u64, flags: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let Some(ring) = ring(run, map).filter(|_| flags == 0) else {
            return 0;
        };
        let Some(address) = ring.reserve(size) else {
            return 0;
        };
        run.memory.loans().lend(address, Loan { len: size, map });
        address
    })
}

/// `void bpf_ringbuf_submit(data, flags)`
pub(super) extern "C" fn submit(data: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| finish(run, data, RingBuffer::submit))
}

/// `void bpf_ringbuf_discard(data, flags)`
pub(super) extern "C" fn discard(data: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| finish(run, data, RingBuffer::discard))
}

/// The record of an address that was never reserved is nobody's to finish.
fn finish(run: &Run<'_>, data: u64, how: fn(&RingBuffer, u64)) -> u64 {
    let loan = run.memory.loans().take_back(data);
    if let Some(ring) = loan.and_then(|loan| ring(run, loan.map)) {
        how(ring, data);
    }
    0
}

/// `long bpf_ringbuf_output(ringbuf, data, size, flags)`
///
/// # Safety
///
/// `data` must point to `size` readable bytes.
pub(super) unsafe extern "C" fn output(map: u64, data: u64, size: u64, flags: u64, _: u64) -> u64 {
    in_run(|run| {
        let Some(ring) = ring(run, map) else {
            return Errno::EINVAL.to_result();
        };
        let mut bytes = vec![0; size as usize];
        // SAFETY: the caller's promise.
        unsafe { memory::copy_from(data, &mut bytes) };
        to_result(ring.output(&bytes, flags))
    })
}

/// `__u64 bpf_ringbuf_query(ringbuf, flags)`
pub(super) extern "C" fn query(map: u64, what: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| ring(run, map).map_or(0, |ring| ring.query(what)))
}

/// `long bpf_perf_event_output(ctx, map, flags, data, size)`
///
/// # Safety
///
/// `data` must point to `size` readable bytes.
pub(super) unsafe extern "C" fn perf_event_output(
    _ctx: u64,
    map: u64,
    flags: u64,
    data: u64,
    size: u64,
) -> u64 {
    in_run(|run| {
        let map = run.maps.by_address(map);
        let Some(Stream::Events(events)) = map.and_then(|map| map.as_stream()) else {
            return Errno::EINVAL.to_result();
        };
        let mut bytes = vec![0; size as usize];
        // SAFETY: the caller's promise.
        unsafe { memory::copy_from(data, &mut bytes) };
        to_result(events.output(run.kernel.cpu, flags, bytes))
    })
}

fn ring<'a>(run: &Run<'a>, map: u64) -> Option<&'a RingBuffer> {
    match run.maps.by_address(map)?.as_stream()? {
        Stream::Ring(ring) => Some(ring),
        Stream::Events(_) => None,
    }
}
