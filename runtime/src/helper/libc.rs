//! The functions of the C library that ordinary programs call, by name.
//!
//! Pointers are held against the run's memory here, so the functions rely on nothing: what C leaves undefined reads as
//! nothing and writes nothing. The mistakes are the program's to find with the interpreter, which checks the program's own
//! accesses.

use std::cmp::Ordering;

use bpfcc_isa::Size;
use bpfcc_isa::helpers::{Param, ParamKind, ResultKind, Signature};

use crate::env::{Ending, HostFunction};
use crate::helper::format::{Dialect, format};
use crate::helper::in_run;
use crate::run::Run;

/// A parameter that must be a terminated string.
const TEXT: Param = Param {
    declaration: "const char *",
    kind: ParamKind::ConstStr,
};

/// Any other parameter.
const ANY: Param = Param {
    declaration: "...",
    kind: ParamKind::Anything,
};

/// All of them. The interpreter holds the arguments against the parameters.
pub(super) const FUNCTIONS: &[HostFunction] = &[
    HostFunction::new("abort", first).ends_program(|_| Ending::Abort),
    HostFunction::new("exit", first).ends_program(|status| Ending::Exit(status as i32)),
    // Output.
    HostFunction::new("putchar", putchar),
    function("puts", &[TEXT], puts),
    function("printf", &[TEXT], printf),
    function("sprintf", &[ANY, TEXT], sprintf),
    function("snprintf", &[ANY, ANY, TEXT], snprintf),
    // Memory. One function serves two: it copies through a buffer.
    HostFunction::new("memcpy", memmove),
    HostFunction::new("memmove", memmove),
    HostFunction::new("mempcpy", mempcpy),
    HostFunction::new("memset", memset),
    HostFunction::new("memcmp", memcmp),
    HostFunction::new("bcmp", memcmp),
    HostFunction::new("memchr", memchr),
    HostFunction::new("malloc", malloc),
    HostFunction::new("calloc", calloc),
    HostFunction::new("realloc", realloc),
    HostFunction::new("free", free),
    // Strings.
    function("strlen", &[TEXT], strlen),
    HostFunction::new("strnlen", strnlen),
    function("strcmp", &[TEXT, TEXT], strcmp),
    HostFunction::new("strncmp", strncmp),
    function("strcpy", &[ANY, TEXT], strcpy),
    function("stpcpy", &[ANY, TEXT], stpcpy),
    HostFunction::new("strncpy", strncpy),
    function("strcat", &[TEXT, TEXT], strcat),
    function("strncat", &[TEXT, ANY], strncat),
    function("strchr", &[TEXT], strchr),
    function("strrchr", &[TEXT], strrchr),
    function("strstr", &[TEXT, TEXT], strstr),
    function("strspn", &[TEXT, TEXT], strspn),
    function("strcspn", &[TEXT, TEXT], strcspn),
    function("strpbrk", &[TEXT, TEXT], strpbrk),
    // Numbers.
    HostFunction::new("abs", abs),
    HostFunction::new("labs", labs),
    HostFunction::new("llabs", labs),
];

/// A function over strings. Functions of this file rely on nothing: the parameters are there for the interpreter to check.
const fn function(
    name: &'static str,
    params: &'static [Param],
    code: extern "C" fn(u64, u64, u64, u64, u64) -> u64,
) -> HostFunction {
    let signature = Signature {
        name,
        c_result: "unsigned long long",
        params,
        result: ResultKind::Scalar,
    };
    // SAFETY: the function is safe to call with any arguments.
    unsafe { HostFunction::with_signature(signature, code) }
}

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
        let text = formatted(run, fmt, &[a, b, c, d]);
        let written = text.and_then(|text| write(run, &text).map(|()| text.len() as u64));
        written.unwrap_or(EOF)
    })
}

/// `int sprintf(char *to, const char *format, ...)`
extern "C" fn sprintf(to: u64, fmt: u64, a: u64, b: u64, c: u64) -> u64 {
    in_run(|run| {
        let text = formatted(run, fmt, &[a, b, c]);
        let len = text.as_ref().map(|text| text.len() as u64);
        let written = text.and_then(|text| put_string(run, to, text));
        written.and(len).unwrap_or(EOF)
    })
}

/// `int snprintf(char *to, size_t size, const char *format, ...)`: the length of the text, of which `size - 1` characters
/// are written.
extern "C" fn snprintf(to: u64, size: u64, fmt: u64, a: u64, b: u64) -> u64 {
    in_run(|run| {
        let Some(mut text) = formatted(run, fmt, &[a, b]) else {
            return EOF;
        };
        let len = text.len() as u64;
        let Some(most) = size.checked_sub(1) else {
            return len;
        };
        text.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        put_string(run, to, text).map_or(EOF, |_| len)
    })
}

fn formatted(run: &Run<'_>, fmt: u64, arguments: &[u64]) -> Option<Vec<u8>> {
    let mut fmt = string(run, fmt);
    fmt.push(0);
    format(Dialect::C, &fmt, arguments, &run.memory).ok()
}

extern "C" fn memmove(to: u64, from: u64, len: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        if let Some(bytes) = read(run, from, len) {
            let _ = run.memory.write(to, &bytes);
        }
        to
    })
}

extern "C" fn mempcpy(to: u64, from: u64, len: u64, _: u64, _: u64) -> u64 {
    memmove(to, from, len, 0, 0).wrapping_add(len)
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

/// Looks no further than the byte it finds (C11 7.24.5.1).
extern "C" fn memchr(bytes: u64, byte: u64, len: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let mut places = (0..len).map(|at| bytes.wrapping_add(at));
        let found = places.find_map(|at| match run.memory.load(at, Size::B) {
            Ok(found) if found as u8 != byte as u8 => None,
            Ok(_) => Some(at),
            Err(_) => Some(0),
        });
        found.unwrap_or(0)
    })
}

extern "C" fn malloc(len: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| run.memory.heap().allocate(len).unwrap_or(0))
}

extern "C" fn calloc(count: u64, size: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let len = count.checked_mul(size);
        len.and_then(|len| run.memory.heap().allocate(len))
            .unwrap_or(0)
    })
}

extern "C" fn realloc(old: u64, len: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let heap = run.memory.heap();
        let Some(new) = heap.allocate(len) else {
            return 0;
        };
        if let Some(kept) = heap.size_of_block(old) {
            memmove(new, old, kept.min(len), 0, 0);
            heap.release(old);
        }
        new
    })
}

extern "C" fn free(block: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        run.memory.heap().release(block);
        0
    })
}

extern "C" fn strlen(text: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| string(run, text).len() as u64)
}

extern "C" fn strnlen(text: u64, most: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| string_within(run, text, most).len() as u64)
}

extern "C" fn strcmp(a: u64, b: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| order(string(run, a).cmp(&string(run, b))))
}

extern "C" fn strncmp(a: u64, b: u64, most: u64, _: u64, _: u64) -> u64 {
    in_run(|run| order(string_within(run, a, most).cmp(&string_within(run, b, most))))
}

extern "C" fn strcpy(to: u64, from: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        put_string(run, to, string(run, from));
        to
    })
}

/// Gives the place of the new string's end.
extern "C" fn stpcpy(to: u64, from: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| put_string(run, to, string(run, from)).unwrap_or(to))
}

extern "C" fn strncpy(to: u64, from: u64, len: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        if len <= MAX_BYTES {
            let mut text = string_within(run, from, len);
            text.resize(len as usize, 0);
            let _ = run.memory.write(to, &text);
        }
        to
    })
}

extern "C" fn strcat(to: u64, from: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let end = to + string(run, to).len() as u64;
        put_string(run, end, string(run, from));
        to
    })
}

extern "C" fn strncat(to: u64, from: u64, most: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let end = to + string(run, to).len() as u64;
        put_string(run, end, string_within(run, from, most));
        to
    })
}

extern "C" fn strchr(text: u64, character: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let mut bytes = string(run, text);
        bytes.push(0);
        let at = bytes.iter().position(|&byte| byte == character as u8);
        at.map_or(0, |at| text + at as u64)
    })
}

extern "C" fn strrchr(text: u64, character: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let mut bytes = string(run, text);
        bytes.push(0);
        let at = bytes.iter().rposition(|&byte| byte == character as u8);
        at.map_or(0, |at| text + at as u64)
    })
}

extern "C" fn strstr(text: u64, wanted: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let (bytes, wanted) = (string(run, text), string(run, wanted));
        let at = (0..=bytes.len()).find(|&at| bytes[at..].starts_with(&wanted));
        at.map_or(0, |at| text + at as u64)
    })
}

/// How many bytes at the start of the text are of the set, or are not.
fn span(run: &Run<'_>, text: u64, set: u64, of_set: bool) -> u64 {
    let (text, set) = (string(run, text), string(run, set));
    let run_of = text.iter().take_while(|byte| set.contains(byte) == of_set);
    run_of.count() as u64
}

extern "C" fn strspn(text: u64, set: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| span(run, text, set, true))
}

extern "C" fn strcspn(text: u64, set: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| span(run, text, set, false))
}

extern "C" fn strpbrk(text: u64, set: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|run| {
        let before = span(run, text, set, false);
        let is_end = before == string(run, text).len() as u64;
        if is_end { 0 } else { text + before }
    })
}

extern "C" fn abs(number: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|_| (number as i32).wrapping_abs() as u32 as u64)
}

extern "C" fn labs(number: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    in_run(|_| (number as i64).wrapping_abs() as u64)
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

/// The string there, or as much of it as stands in the first `most` bytes.
fn string_within(run: &Run<'_>, addr: u64, most: u64) -> Vec<u8> {
    let places = (0..most.min(MAX_BYTES)).map(|at| addr.wrapping_add(at));
    let bytes = places.map_while(|at| run.memory.load(at, Size::B).ok());
    bytes
        .take_while(|&byte| byte != 0)
        .map(|byte| byte as u8)
        .collect()
}

/// Writes a string with its end, and gives the place of the end.
fn put_string(run: &Run<'_>, to: u64, mut text: Vec<u8>) -> Option<u64> {
    let end = to.wrapping_add(text.len() as u64);
    text.push(0);
    run.memory.write(to, &text).ok().map(|()| end)
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
