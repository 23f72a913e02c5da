//! The few functions of the C library that ordinary test programs call, by name.
//!
//! Pointers are held against the run's memory here, so the functions rely on nothing: what C leaves undefined reads as
//! nothing and writes nothing. The mistakes are the program's to find with the interpreter, which checks the program's own
//! accesses.

use std::cmp::Ordering;

use crate::env::{Ending, HostFunction};
use crate::helper::format::{Dialect, format};
use crate::helper::in_run;
use crate::run::Run;

/// All of them.
pub(super) const FUNCTIONS: &[HostFunction] = &[
    HostFunction::new("abort", first).ends_program(|_| Ending::Abort),
    HostFunction::new("exit", first).ends_program(|status| Ending::Exit(status as i32)),
    HostFunction::new("putchar", putchar),
    HostFunction::new("puts", puts),
    HostFunction::new("printf", printf),
    // One function serves both: it copies through a buffer.
    HostFunction::new("memcpy", memmove),
    HostFunction::new("memmove", memmove),
    HostFunction::new("memset", memset),
    HostFunction::new("memcmp", memcmp),
    HostFunction::new("strlen", strlen),
    HostFunction::new("strcmp", strcmp),
];

/// Longest string and largest block of memory that is looked at: all that a run has is far smaller.
const MAX_BYTES: u64 = 1 << 30;

/// What the output functions of C return when they fail.
const EOF: u64 = -1_i64 as u64;

/// `exit(status)`, and `abort()`, which ignores the result.
extern "C" fn first(status: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|_| status)
}

extern "C" fn putchar(character: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    let byte = character as u8;
    in_run(|run| write(run, &[byte]).map_or(EOF, |()| byte.into()))
}

extern "C" fn puts(text: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let mut text = string(run, text);
        text.push(b'\n');
        write(run, &text).map_or(EOF, |()| text.len() as u64)
    })
}

/// `int printf(const char *format, ...)` with the four arguments that are left in registers.
extern "C" fn printf(fmt: u64, a: u64, b: u64, c: u64, d: u64) -> u64 {
    in_run(|run| {
        let mut fmt = string(run, fmt);
        fmt.push(0);
        let text = format(Dialect::C, &fmt, &[a, b, c, d], &run.memory).ok();
        let written = text.and_then(|text| write(run, &text).map(|()| text.len() as u64));
        written.unwrap_or(EOF)
    })
}

extern "C" fn memmove(to: u64, from: u64, len: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        if let Some(bytes) = read(run, from, len) {
            let _ = run.memory.write(to, &bytes);
        }
        to
    })
}

extern "C" fn memset(to: u64, byte: u64, len: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        if len <= MAX_BYTES {
            let _ = run.memory.write(to, &vec![byte as u8; len as usize]);
        }
        to
    })
}

extern "C" fn memcmp(a: u64, b: u64, len: u64, _: u64, _: u64) -> u64 {
    in_run(|run| order(read(run, a, len).cmp(&read(run, b, len))))
}

extern "C" fn strlen(text: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| string(run, text).len() as u64)
}

extern "C" fn strcmp(a: u64, b: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| order(string(run, a).cmp(&string(run, b))))
}

fn order(order: Ordering) -> u64 {
    order as i64 as u64
}

fn write(run: &Run<'_>, text: &[u8]) -> Option<()> {
    run.kernel.console.write(text).ok()
}

fn string(run: &Run<'_>, addr: u64) -> Vec<u8> {
    let text = run.memory.read_str(addr, MAX_BYTES as usize);
    text.unwrap_or_default()
}

fn read(run: &Run<'_>, addr: u64, len: u64) -> Option<Vec<u8>> {
    if len > MAX_BYTES {
        return None;
    }
    let mut bytes = vec![0; len as usize];
    run.memory.read(addr, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helper::NO_RUN;

    #[test]
    fn outside_of_a_run_they_do_nothing() {
        for function in FUNCTIONS {
            // SAFETY: the functions of this file rely on nothing.
            assert_eq!(unsafe { function.code()(0, 0, 0, 0, 0) }, NO_RUN);
        }
    }
}
