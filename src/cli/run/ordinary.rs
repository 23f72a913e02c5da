//! A C program with a `main`: run once, without events, as the system would run it.

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use bpfcc_object::Object;
use bpfcc_runtime::{Console, Ending, Engine, Image, Kernel, RunError, Vm};

use super::Args;

/// The function that C starts at (C11 5.1.2.2.1).
pub(super) const MAIN: &str = "main";

/// What shells report for a process that `abort` killed: 128 and the number of SIGABRT.
const ABORTED: u8 = 134;

/// Whether the object is an ordinary program: it has a `main` that is nothing the kernel calls.
pub(super) fn is_ordinary(object: &Object) -> Result<bool> {
    let image = Image::load(object)?;
    Ok(image.section_of(MAIN) == Some(".text"))
}

/// Where the program finds the console of this process.
pub(super) fn kernel() -> Kernel {
    let mut kernel = Kernel::deterministic(0);
    kernel.console = Console::stream(io::stdout());
    kernel
}

/// Runs `main`. Its result, or what the program says to `exit`, becomes the exit code, as much of it as fits.
pub(super) fn run(args: &Args, vm: &Vm) -> Result<ExitCode> {
    let engine = Engine::from(args.engine);
    let status = match vm.call(engine, [0; 5]) {
        Ok(status) => status as u8,
        Err(RunError::Ended(Ending::Exit(status))) => status as u8,
        Err(RunError::Ended(Ending::Abort)) => {
            eprintln!("bpfcc: `{}` called `abort`", args.input.display());
            ABORTED
        }
        Err(error) => return Err(error.into()),
    };
    Ok(ExitCode::from(status))
}
