//! `bpf_trace_printk`: up to three arguments, into the log of the run.

use crate::helper::format::{Dialect, MAX_TEXT, format};
use crate::helper::{in_run, with_bytes};

/// `long bpf_trace_printk(fmt, fmt_size, ...)`: the number of characters printed.
///
/// # Safety
///
/// `fmt` must point to `size` readable bytes.
pub(super) unsafe extern "C" fn trace_printk(fmt: u64, size: u64, a: u64, b: u64, c: u64) -> u64 {
    in_run(|run| {
        let text = |fmt: &[u8]| format(Dialect::Linux, fmt, &[a, b, c], &run.memory);
        // SAFETY: the caller's promise.
        match unsafe { with_bytes(fmt, size as u32, text) } {
            Ok(mut text) => {
                text.truncate(MAX_TEXT - 1);
                let len = text.len() as u64;
                run.kernel
                    .print(String::from_utf8_lossy(&text).into_owned());
                len
            }
            Err(errno) => errno.to_result(),
        }
    })
}
