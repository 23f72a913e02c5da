//! One execution: the memory it may touch, and how host functions find it.
//!
//! A call from a program into the host is a plain `call` with the program's five arguments and nothing more. So a host
//! function learns which run it serves from a thread-local pointer that the run sets at entry.

use std::cell::{Cell, RefCell};
use std::ptr;

use crate::helper::lock::release;
use crate::kernel::Kernel;
use crate::map::Stream;
use crate::memory::{Access, Denied, FRAME_BYTES, Memory, STACK_BYTES};
use crate::program::{MapSet, Program};

/// What host functions can ask about the run they serve.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) memory: Memory<'a>,
    pub(crate) maps: &'a MapSet,
    pub(crate) kernel: &'a Kernel,
    pub(crate) program: &'a Program,
    /// Tail calls made so far.
    pub(crate) tail_calls: Cell<u32>,
}

/// What a run holds at its end is given back, so that others can go on.
impl Drop for Run<'_> {
    fn drop(&mut self) {
        let loans = self.memory.loans();
        // The program may have freed the memory that the lock is in.
        let is_there = |lock: &u64| self.memory.check(*lock, 4, Access::Write).is_ok();
        if let Some(lock) = loans.lock().filter(is_there) {
            // SAFETY: the word was aligned when it was taken, and is the program's to write.
            unsafe { release(lock) };
        }
        while let Some(address) = loans.first() {
            let loan = loans.take_back(address);
            let map = loan.and_then(|loan| self.maps.by_address(loan.map));
            if let Some(Stream::Ring(ring)) = map.and_then(|map| map.as_stream()) {
                ring.discard(address);
            }
        }
    }
}

thread_local! {
    static CURRENT: Cell<*const Run<'static>> = const { Cell::new(ptr::null()) };
}

impl Run<'_> {
    /// Makes this the current run while `body` executes. Runs nest: a host function may run another program.
    pub(crate) fn enter<R>(&self, body: impl FnOnce() -> R) -> R {
        struct Restore(*const Run<'static>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let _restore = Restore(CURRENT.replace(ptr::from_ref(self).cast()));
        body()
    }
}

/// Hands the current run to `body`; `None` outside of any run.
pub(crate) fn current<R>(body: impl FnOnce(&Run<'_>) -> R) -> Option<R> {
    let run = CURRENT.get();
    // SAFETY: the pointer is null, or was set by `Run::enter`, whose `&self` outlives `body`'s execution there. The
    // lifetime is hidden behind the closure's `&Run<'_>`, so nothing can be kept.
    unsafe { run.as_ref() }.map(body)
}

/// For host functions: copies memory that the program could itself read.
///
/// ```
/// extern "C" fn first_byte(addr: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
///     let mut byte = [0];
///     match bpfcc_runtime::read_memory(addr, &mut byte) {
///         Ok(()) => byte[0].into(),
///         Err(_) => u64::MAX,
///     }
/// }
/// // Outside of a run there is no memory to read.
/// assert_eq!(first_byte(4096, 0, 0, 0, 0), u64::MAX);
/// ```
pub fn read_memory(addr: u64, into: &mut [u8]) -> Result<(), Denied> {
    current(|run| run.memory.read(addr, into)).unwrap_or(Err(Denied::Unmapped))
}

/// For host functions: writes memory that the program could itself write.
pub fn write_memory(addr: u64, from: &[u8]) -> Result<(), Denied> {
    current(|run| run.memory.write(addr, from)).unwrap_or(Err(Denied::Unmapped))
}

/// The memory of eight stack frames, kept by the thread for the next run.
#[derive(Debug)]
pub(crate) struct Stack {
    /// `Some` until it is dropped.
    words: Option<Box<StackWords>>,
}

#[derive(Debug)]
#[repr(C, align(64))]
struct StackWords([u64; STACK_BYTES / 8]);

thread_local! {
    static SPARE_STACKS: RefCell<Vec<Box<StackWords>>> = const { RefCell::new(Vec::new()) };
}

impl Stack {
    /// A stack whose first `frames` frames are zero.
    pub(crate) fn take(frames: usize) -> Stack {
        let spare = SPARE_STACKS.with_borrow_mut(Vec::pop);
        let mut words = spare.unwrap_or_else(|| Box::new(StackWords([0; STACK_BYTES / 8])));
        let unused = words
            .0
            .len()
            .saturating_sub(frames * FRAME_BYTES as usize / 8);
        words.0[unused..].fill(0);
        Stack { words: Some(words) }
    }

    /// R10 of the outermost function: the first address after the stack.
    pub(crate) fn top(&mut self) -> u64 {
        let words = self.words.as_mut().expect("the stack is not dropped yet");
        words.0.as_mut_ptr_range().end.expose_provenance() as u64
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        SPARE_STACKS.with_borrow_mut(|spare| spare.extend(self.words.take()));
    }
}
