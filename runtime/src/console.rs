//! Where programs write what they say to the user: `printf`, `puts`, `putchar`.
//!
//! The log of [`Kernel`](crate::Kernel) is another place: there `bpf_trace_printk` writes, for whoever debugs the program.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A place for text. By default it is kept, for [`Console::take`].
#[derive(Default)]
pub struct Console {
    sink: Mutex<Sink>,
}

enum Sink {
    Kept(Vec<u8>),
    Stream(Box<dyn Write + Send>),
}

impl Default for Sink {
    fn default() -> Sink {
        Sink::Kept(Vec::new())
    }
}

impl Console {
    /// A console that hands on what is written, as it is written.
    pub fn stream(to: impl Write + Send + 'static) -> Console {
        Console {
            sink: Mutex::new(Sink::Stream(Box::new(to))),
        }
    }

    /// What was written since the last time; nothing if it was handed on.
    pub fn take(&self) -> Vec<u8> {
        match &mut *self.lock() {
            Sink::Kept(text) => std::mem::take(text),
            Sink::Stream(_) => Vec::new(),
        }
    }

    pub(crate) fn write(&self, text: &[u8]) -> io::Result<()> {
        match &mut *self.lock() {
            Sink::Kept(kept) => kept.extend(text),
            Sink::Stream(stream) => stream.write_all(text)?,
        }
        Ok(())
    }

    // Text is whole even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.lock() {
            Sink::Kept(text) => write!(f, "Console({} bytes)", text.len()),
            Sink::Stream(_) => f.write_str("Console(stream)"),
        }
    }
}
