//! Strings and numbers as text.

use bpfcc_isa::Size;

use crate::errno::Errno;
use crate::helper::format::{Dialect, format};
use crate::helper::{in_run, with_bytes};
use crate::memory;
use crate::run::Run;

/// Longest format (Linux takes it from read-only memory, where it ends).
const MAX_FORMAT: usize = 4096;
/// Most arguments of a format (`MAX_BPRINTF_VARARGS`).
const MAX_ARGUMENTS: u64 = 12;

/// `long bpf_strncmp(s1, s1_sz, s2)`: negative, zero or positive like `strncmp`.
///
/// # Safety
///
/// `left` must point to `size` readable bytes.
pub(super) unsafe extern "C" fn strncmp(left: u64, size: u64, right: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let size = size as u32;
        let Some(mut right) = run.memory.read_str(right, usize::MAX) else {
            return Errno::EFAULT.to_result();
        };
        right.truncate(size as usize);
        let compare = |left: &[u8]| {
            let text = left.split(|&byte| byte == 0).next().unwrap_or_default();
            text.cmp(&right) as i64 as u64
        };
        // SAFETY: the caller's promise.
        unsafe { with_bytes(left, size, compare) }
    })
}

/// `long bpf_snprintf(str, str_size, fmt, data, data_len)`: the bytes that the text takes with its NUL, even if it is cut to fit.
///
/// # Safety
///
/// `to` must point to `size` writable bytes.
pub(super) unsafe extern "C" fn snprintf(
    to: u64,
    size: u64,
    fmt: u64,
    data: u64,
    data_len: u64,
) -> u64 {
    in_run(|run| match text(run, fmt, data, data_len as u32) {
        Ok(mut text) => {
            text.push(0);
            let len = text.len() as u64;
            if let Some(last) = (size as u32 as usize).checked_sub(1) {
                text.truncate(last);
                text.push(0);
                // SAFETY: no more than `size` bytes, which is the caller's promise.
                unsafe { memory::copy_to(to, &text) };
            }
            len
        }
        Err(errno) => errno.to_result(),
    })
}

fn text(run: &Run<'_>, fmt: u64, data: u64, data_len: u32) -> Result<Vec<u8>, Errno> {
    let count = u64::from(data_len) / 8;
    if !data_len.is_multiple_of(8) || count > MAX_ARGUMENTS {
        return Err(Errno::EINVAL);
    }
    let argument = |at| run.memory.load(data + at * 8, Size::DW);
    let arguments: Result<Vec<u64>, _> = (0..count).map(argument).collect();
    let arguments = arguments.map_err(|_| Errno::EFAULT)?;
    let mut fmt = run.memory.read_str(fmt, MAX_FORMAT).ok_or(Errno::EINVAL)?;
    fmt.push(0);
    format(Dialect::Linux, &fmt, &arguments, &run.memory)
}
