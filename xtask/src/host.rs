//! The functions of the C library that test programs call, as host functions.
//!
//! They run in a process that executes one program once, so `exit` and `abort` end it.

use bpfcc_runtime::{Environment, HostFunction, read_memory, write_memory};

use crate::setup::say;

/// The environment `user` with what the test suites call besides.
pub(crate) fn environment() -> Environment {
    const FUNCTIONS: [HostFunction; 14] = [
        HostFunction::new("exit", exit),
        HostFunction::new("abort", abort),
        HostFunction::new("__builtin_abort", abort),
        HostFunction::new("observe", observe),
        HostFunction::new("printf", print),
        HostFunction::new("puts", print),
        HostFunction::new("putchar", print),
        HostFunction::new("memcpy", memmove),
        HostFunction::new("memmove", memmove),
        HostFunction::new("memset", memset),
        HostFunction::new("memcmp", memcmp),
        HostFunction::new("strlen", strlen),
        HostFunction::new("strcmp", strcmp),
        HostFunction::new("strcpy", strcpy),
    ];
    FUNCTIONS
        .into_iter()
        .fold(Environment::user(), Environment::with_function)
}

/// Says with which code the program ends: as much of it as a process can tell.
pub(crate) fn report_exit(code: u64) {
    say(format_args!("exit {}", code & 0xff));
}

extern "C" fn exit(code: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    report_exit(code);
    std::process::exit(0)
}

extern "C" fn abort(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    fail("abort")
}

/// A value that must be the same in all executions.
extern "C" fn observe(value: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    say(format_args!("observe {value:#x}"));
    0
}

/// What is printed is not compared.
extern "C" fn print(_: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    0
}

extern "C" fn memmove(to: u64, from: u64, len: u64, _: u64, _: u64) -> u64 {
    write(to, &read(from, len));
    to
}

extern "C" fn memset(to: u64, byte: u64, len: u64, _: u64, _: u64) -> u64 {
    write(to, &vec![byte as u8; len as usize]);
    to
}

extern "C" fn memcmp(a: u64, b: u64, len: u64, _: u64, _: u64) -> u64 {
    read(a, len).cmp(&read(b, len)) as i64 as u64
}

extern "C" fn strlen(text: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    string(text).len() as u64
}

extern "C" fn strcmp(a: u64, b: u64, _: u64, _: u64, _: u64) -> u64 {
    string(a).cmp(&string(b)) as i64 as u64
}

extern "C" fn strcpy(to: u64, from: u64, _: u64, _: u64, _: u64) -> u64 {
    let mut text = string(from);
    text.push(0);
    write(to, &text);
    to
}

fn read(addr: u64, len: u64) -> Vec<u8> {
    let mut bytes = vec![0; len as usize];
    match read_memory(addr, &mut bytes) {
        Ok(()) => bytes,
        Err(why) => fail(&format!("read of {len} bytes at {addr:#x}: {why}")),
    }
}

fn write(addr: u64, bytes: &[u8]) {
    if let Err(why) = write_memory(addr, bytes) {
        fail(&format!(
            "write of {} bytes at {addr:#x}: {why}",
            bytes.len()
        ));
    }
}

fn string(addr: u64) -> Vec<u8> {
    let bytes = (0..).map(|at| read(addr + at, 1)[0]);
    bytes.take_while(|&byte| byte != 0).collect()
}

/// Ends the process with a line that no execution expects.
fn fail(what: &str) -> ! {
    say(what);
    std::process::exit(0)
}
