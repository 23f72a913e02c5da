//! The processor and the task that the program runs in.

use crate::helper::in_run;
use crate::kernel::COMM_BYTES;
use crate::memory;

/// `u32 bpf_get_smp_processor_id(void)`
pub(super) extern "C" fn get_smp_processor_id(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| run.kernel.cpu.into())
}

/// `u64 bpf_get_current_pid_tgid(void)`
pub(super) extern "C" fn get_current_pid_tgid(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| run.kernel.pid_tgid)
}

/// `u64 bpf_get_current_uid_gid(void)`
pub(super) extern "C" fn get_current_uid_gid(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| run.kernel.uid_gid)
}

/// `long bpf_get_current_comm(buf, size)`: the name, cut to fit with its NUL and padded with zeros.
///
/// # Safety
///
/// `buf` must point to `size` writable bytes.
pub(super) unsafe extern "C" fn get_current_comm(
    buf: u64,
    size: u64,
    _: u64,
    _: u64,
    _: u64,
) -> u64 {
    in_run(|run| {
        let mut name = vec![0; size as u32 as usize];
        let room = name.len().saturating_sub(1).min(COMM_BYTES - 1);
        name[..room].copy_from_slice(&run.kernel.comm[..room]);
        // SAFETY: the caller's promise.
        unsafe { memory::copy_to(buf, &name) };
        0
    })
}
