//! The `bpfcc` command: arguments in, exit code out.
//!
//! Exit code 0 means done, 1 means the input was wrong (a message says where and why), 2 means the command line was.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
