//! The functions of the C library that test programs call, as host functions.
//!
//! They run in a process that executes one program once, so `exit` and `abort` end it.

use bpfcc_runtime::{Environment, HostFunction};

use crate::setup::say;

/// The environment `user` with what the test suites call besides.
pub(crate) fn environment() -> Environment {
    const FUNCTIONS: [HostFunction; 6] = [
        HostFunction::new("exit", exit),
        HostFunction::new("abort", abort),
        HostFunction::new("observe", observe),
        HostFunction::new("printf", print),
        HostFunction::new("puts", print),
        HostFunction::new("putchar", print),
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

/// Ends the process with a line that no execution expects.
fn fail(what: &str) -> ! {
    say(what);
    std::process::exit(0)
}
