//! The simulated kernel: what helpers ask about the world. Deterministic when asked.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use crate::console::Console;

/// Bytes of a task's name (Linux `TASK_COMM_LEN`).
pub const COMM_BYTES: usize = 16;

/// Pieces of text that the log keeps; like the kernel's it forgets the oldest ones.
pub const MAX_LOG: usize = 1 << 16;

/// Where `bpf_ktime_get_ns` takes the time from.
#[derive(Debug)]
pub enum Clock {
    /// The host's monotonic clock, counted from its first use.
    Real,
    /// Starts anywhere and advances by a fixed step at each look.
    Virtual {
        /// The next answer, in nanoseconds.
        now: AtomicU64,
        /// What is added after each answer.
        step: u64,
    },
}

impl Clock {
    fn now(&self) -> u64 {
        static START: OnceLock<Instant> = OnceLock::new();
        match self {
            Clock::Real => START.get_or_init(Instant::now).elapsed().as_nanos() as u64,
            Clock::Virtual { now, step } => now.fetch_add(*step, Ordering::Relaxed),
        }
    }
}

/// What a program can find out about the machine and the task it runs in, and the log it prints to.
#[derive(Debug)]
pub struct Kernel {
    /// The time.
    pub clock: Clock,
    /// Number of the processor, less than [`CPUS`](crate::map::CPUS).
    pub cpu: u32,
    /// Thread group id in the upper half, thread id in the lower half.
    pub pid_tgid: u64,
    /// Group id in the upper half, user id in the lower half.
    pub uid_gid: u64,
    /// Name of the task, padded with zeros.
    pub comm: [u8; COMM_BYTES],
    /// Where `printf` and its like write.
    pub console: Console,
    random: AtomicU64,
    log: Mutex<VecDeque<String>>,
}

impl Default for Kernel {
    /// This process, the host's clock, and other random numbers each time.
    fn default() -> Kernel {
        let pid = u64::from(std::process::id());
        Kernel {
            clock: Clock::Real,
            pid_tgid: pid << 32 | pid,
            ..Kernel::deterministic(RandomState::new().hash_one(pid))
        }
    }
}

impl Kernel {
    /// The same answers each time: a clock that advances by a microsecond at each look, random numbers from a seed, and a
    /// task 1 named `bpfcc`.
    pub fn deterministic(seed: u64) -> Kernel {
        let mut comm = [0; COMM_BYTES];
        comm[..5].copy_from_slice(b"bpfcc");
        Kernel {
            clock: Clock::Virtual {
                now: AtomicU64::new(0),
                step: 1_000,
            },
            cpu: 0,
            pid_tgid: 1 << 32 | 1,
            uid_gid: 0,
            comm,
            console: Console::default(),
            random: AtomicU64::new(seed),
            log: Mutex::default(),
        }
    }

    /// Nanoseconds on the clock.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// The next random number: SplitMix64 (Steele, Lea, Flood 2014), whose state is a counter that threads can share.
    pub(crate) fn random(&self) -> u64 {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.random.fetch_add(GAMMA, Ordering::Relaxed);
        let mut z = state.wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn print(&self, text: String) {
        let mut log = self.lock_log();
        if log.len() == MAX_LOG {
            log.pop_front();
        }
        log.push_back(text);
    }

    /// What programs printed, a piece for each call; only the last [`MAX_LOG`] of them.
    pub fn log(&self) -> Vec<String> {
        self.lock_log().iter().cloned().collect()
    }

    // A queue is whole even if a thread panicked while it held the lock.
    fn lock_log(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_world() {
        let (a, b) = (Kernel::deterministic(7), Kernel::deterministic(7));
        let look = |kernel: &Kernel| (kernel.now(), kernel.now(), kernel.random(), kernel.random());
        assert_eq!(look(&a), look(&b));
        assert_eq!(a.now(), 2_000);
        assert_ne!(a.random(), Kernel::deterministic(8).random());
    }
}
