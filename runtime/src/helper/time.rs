//! Clocks.

use crate::helper::in_run;

/// `u64 bpf_ktime_get_ns(void)`, and the variants that differ only across suspend or in precision.
pub(super) extern "C" fn ktime_get_ns(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| run.kernel.now())
}
