//! Random numbers.

use crate::helper::in_run;

/// `u32 bpf_get_prandom_u32(void)`
pub(super) extern "C" fn get_prandom_u32(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| run.kernel.random() >> 32)
}
