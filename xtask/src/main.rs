//! Tasks of the project itself, run as `cargo xtask TASK`.
//!
//! The tasks here hold the compiler against the host's C compiler: the same program is compiled by both, and must do the same
//! natively, in the interpreter and in the JIT, at every optimisation level and instruction set version.

mod args;
mod bench;
mod child;
mod clang;
mod csmith;
mod debian;
mod execute;
mod host;
mod kernels;
mod native;
mod pace;
mod projects;
mod setup;
mod shapes;
mod torture;
mod verdict;
mod workers;

use std::process::ExitCode;

use args::Args;

const USAGE: &str = "\
Usage: cargo xtask TASK

Tasks:
  torture [FILTER]        run GCC's C torture tests whose name contains FILTER (Debian package gcc-12-source),
                          and say which of them the newest clang-NN compiles for BPF
  csmith [COUNT] [SEED]   run COUNT programs from Csmith, the first from SEED (Debian packages csmith, libcsmith-dev)
  projects [FILTER]       compile the BPF programs of BCC and Linux whose path contains FILTER (Debian's sources), beside
                          the newest clang-NN, and ask the running kernel about them (as root, with bpftool)
  kernels [--kernel 6.1,newest] [--arch arm64] [--docs] [FILTER]
                          run the cases of `lab` whose name contains FILTER on kernels of Debian, emulated by QEMU
  bench-compile [SHAPE]   show how compile time grows with the length of generated programs, beside the newest clang-NN
  bench-projects [FILTER] show how long the programs of `projects` take, beside the newest clang-NN";

fn main() -> ExitCode {
    let mut args = Args::from_process();
    let result = match args.next().as_deref() {
        Some("torture") => torture::run(args),
        Some("csmith") => csmith::run(args),
        Some("projects") => projects::run(args),
        Some("kernels") => kernels::run(args),
        Some("bench-compile") => bench::run(args),
        Some("bench-projects") => pace::run(args),
        Some(execute::TASK) => execute::run(args),
        Some("help" | "--help" | "-h") => {
            setup::say(USAGE);
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
