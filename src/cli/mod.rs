//! The command line: one file per subcommand, and what they share.

mod build;
mod depend;
mod macros;
mod options;
mod output;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  bpfcc dropmon.c -o dropmon.o          compile to an ELF object that libbpf loads
  bpfcc --target=linux dropmon.c        the same for a program of 2014, adapted to today's Linux
  bpfcc -S --asm=bpf64 dropmon.c        print assembly in the dialect of 2014
  bpfcc --emit=ir dropmon.c             print the intermediate representation
  bpfcc run dropmon.c --events 1000     run it over sample events and print its maps";

/// A restricted-C compiler for BPF64 (eBPF), with a runtime that needs no kernel.
#[derive(Parser)]
#[command(name = "bpfcc", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    build: build::Args,
}

#[derive(Subcommand)]
enum Command {
    /// Run a program in the bundled runtime: over sample events, or from its `main`.
    Run(run::Args),
}

/// Parses the process's arguments and does what they say.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse_from(spell_out(std::env::args_os()));
    let result = match &cli.command {
        Some(Command::Run(args)) => run::run(args),
        None => build::run(&cli.build).map(|()| ExitCode::SUCCESS),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            output::report(&error);
            ExitCode::FAILURE
        }
    }
}

/// C compilers' long options with one dash.
const LONG: [&str; 10] = [
    "-isystem",
    "-include",
    "-nostdinc",
    "-mcpu",
    "-dM",
    "-M",
    "-MM",
    "-MD",
    "-MMD",
    "-MP",
];

/// Those whose value may stand behind them without a space.
const JOINED: [&str; 3] = ["-MF", "-MT", "-MQ"];

/// Gives long options with one dash the two dashes that clap knows: `-isystem DIR` → `--isystem DIR`,
/// `-MFfile` → `--MF=file`.
fn spell_out(args: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    args.map(|arg| {
        arg.to_str()
            .and_then(two_dashes)
            .map_or(arg.clone(), OsString::from)
    })
}

fn two_dashes(arg: &str) -> Option<String> {
    let is_long = |long: &&str| *long == arg || arg.starts_with(&format!("{long}="));
    if LONG.iter().any(is_long) || JOINED.contains(&arg) {
        return Some(format!("-{arg}"));
    }
    let joined = JOINED.iter().find(|option| arg.starts_with(*option))?;
    Some(format!("-{joined}={}", &arg[joined.len()..]))
}
