//! The command line: one file per subcommand, and what they share.

mod build;
mod clang;
mod depend;
mod inputs;
mod link;
mod macros;
mod objdump;
mod options;
mod output;
mod query;
mod report;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  bpfcc dropmon.c -o dropmon.o          compile to an ELF object that libbpf loads
  make CLANG=bpfcc                      build what was written for clang -target bpf
  bpfcc --target=linux dropmon.c        the same for a program of 2014, adapted to today's Linux
  bpfcc -S --asm=bpf64 dropmon.c        print assembly in the dialect of 2014
  bpfcc --report=kernel dropmon.c       print which kernels load it, and what forces that
  bpfcc --emit=ir dropmon.c             print the intermediate representation
  bpfcc run dropmon.c --events 1000     run it over sample events and print its maps
  bpfcc link a.o b.o -o prog.o          link objects, which may use each other's functions, variables and maps
  bpfcc objdump dropmon.o               show what is in an object: C beside instructions, maps, types";

/// A restricted-C compiler for BPF64 (eBPF), with a runtime that needs no kernel.
#[derive(Parser)]
#[command(name = "bpfcc", after_help = EXAMPLES, args_conflicts_with_subcommands = true, args_override_self = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    build: build::Args,
}

#[derive(Subcommand)]
enum Command {
    /// Run a program in the bundled runtime: over sample events, or from its `main`.
    Run(Box<run::Args>),
    /// Link objects of bpfcc or clang into one, as `bpftool gen object` does.
    Link(link::Args),
    /// Show what is in object files: C beside instructions, maps, data, types.
    Objdump(objdump::Args),
}

/// Commands that compile nothing, and have no options of clang.
const WITHOUT_CLANG: [&str; 1] = ["objdump"];

/// The exit code that clap has for it, too.
const WRONG_COMMAND_LINE: u8 = 2;

/// Parses the process's arguments and does what they say.
pub(crate) fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let words = match translate(words.collect()) {
        Ok(words) => words,
        Err(message) => {
            eprintln!("bpfcc: error: {message}");
            return ExitCode::from(WRONG_COMMAND_LINE);
        }
    };
    let cli = Cli::parse_from([name].into_iter().chain(words));
    let result = match &cli.command {
        Some(Command::Run(args)) => run::run(args),
        Some(Command::Link(args)) => link::run(args).map(|()| ExitCode::SUCCESS),
        Some(Command::Objdump(args)) => objdump::run(args),
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

/// The words for clap.
fn translate(words: Vec<OsString>) -> Result<Vec<OsString>, String> {
    let command = words.first().and_then(|word| word.to_str());
    match command.is_some_and(|word| WITHOUT_CLANG.contains(&word)) {
        true => Ok(words),
        false => clang::translate(words.into_iter()),
    }
}
