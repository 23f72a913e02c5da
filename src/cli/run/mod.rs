//! `bpfcc run FILE`: execute a program over events in the bundled runtime, and show what its maps hold afterwards; or, if it
//! has a `main`, as an ordinary program.

mod events;
mod ordinary;
mod records;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use bpfcc::compile_file;
use bpfcc_object::{Object, elf};
use bpfcc_runtime::{Engine, Environment, EnvironmentChoice, Kernel, Map, Vm};
use clap::ValueEnum;

use super::options::CompileArgs;
use super::output;
use events::{Events, Source};
use records::Records;

const EXAMPLES: &str = "\
Examples:
  bpfcc run dropmon.c --events 1000               generated events
  bpfcc run dropmon.c --events events.json        events from a file, see samples/dropmon.events.json
  bpfcc run dropmon.o --engine jit                an object, as machine code
  bpfcc run hello.c                               a program with a `main`: prints and exits as it says";

/// What to run, and on what.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// C source or object file.
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// How many events to generate, or a JSON file with events.
    #[arg(long, value_name = "N|FILE", default_value = "100", value_parser = Source::parse)]
    events: Source,
    /// Function to run over events, by name or section. Default: `main`, run once without events, else the first program of
    /// the file.
    #[arg(long, value_name = "NAME")]
    entry: Option<String>,
    /// What the program finds around it when it runs: user, tracing_2014, raw_tracepoint and others. Default: what its section
    /// says. (The program itself stays as it is; --target adapts it.)
    #[arg(long, value_name = "NAME", value_parser = parse_environment)]
    env: Option<Environment>,
    /// How to execute. The interpreter checks every access; the JIT trusts the program, so use it for your own.
    #[arg(long, value_enum, default_value = "interp")]
    engine: EngineArg,
    /// Also write the object file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    compile: CompileArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineArg {
    /// Interpreter.
    Interp,
    /// x86-64 machine code.
    Jit,
}

impl From<EngineArg> for Engine {
    fn from(arg: EngineArg) -> Engine {
        match arg {
            EngineArg::Interp => Engine::Interp,
            EngineArg::Jit => Engine::Jit,
        }
    }
}

/// Compiles if need be, runs, prints. Gives the exit code.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let object = object(args)?;
    if let Some(path) = &args.output {
        output::write(path, &elf::write(&object)?)?;
    }
    if args.entry.is_none() && ordinary::is_ordinary(&object)? {
        let vm = load(args, &object, Some(ordinary::MAIN), ordinary::kernel())?;
        return ordinary::run(args, &vm);
    }
    let vm = load(
        args,
        &object,
        args.entry.as_deref(),
        Kernel::deterministic(0),
    )?;
    run_over_events(args, &vm)?;
    Ok(ExitCode::SUCCESS)
}

fn run_over_events(args: &Args, vm: &Vm) -> Result<()> {
    let events = Events::from_source(&args.events)?;
    let mut records = Records::default();
    let results = execute(args.engine.into(), vm, &events, &mut records)?;

    let mut text = summary(args, vm, &events, &results);
    for line in vm.log() {
        text += &format!("log: {line}\n");
    }
    // Variables are maps of one entry, named after their section; nobody asked for them.
    let is_table = |map: &&std::sync::Arc<dyn Map>| !map.spec().name.starts_with('.');
    for map in vm.maps().iter().filter(is_table) {
        let table = match map.as_stream() {
            Some(_) => records.print(map.as_ref(), &events.symbols),
            None => table::print(map.as_ref(), &events.symbols),
        };
        text += &format!("\n{table}");
    }
    output::print(&text)
}

fn object(args: &Args) -> Result<Object> {
    let bytes = match args.input.as_path() {
        dash if dash == Path::new("-") => None,
        path => {
            Some(std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?)
        }
    };
    match bytes {
        Some(bytes) if bytes.starts_with(b"\x7fELF") => {
            elf::read(&bytes).with_context(|| format!("`{}`", args.input.display()))
        }
        _ => {
            let options = args.compile.to_options();
            output::finish(compile_file(&args.input, &options), &args.compile.messages)
                .map(|c| c.object)
        }
    }
}

fn load(args: &Args, object: &Object, entry: Option<&str>, kernel: Kernel) -> Result<Vm> {
    let choice = match &args.env {
        Some(environment) => EnvironmentChoice::Given(environment.clone()),
        None => EnvironmentChoice::BySection,
    };
    let vm = Vm::load(object, entry, choice)
        .with_context(|| format!("cannot load `{}`", args.input.display()))?;
    let vm = vm.with_kernel(kernel);
    Ok(match args.engine {
        EngineArg::Interp => vm,
        // SAFETY: there is no checker yet that could prove it; whoever asks for the JIT vouches for the program, as the
        // option's help says.
        EngineArg::Jit => unsafe { vm.trust() },
    })
}

/// How often each result was returned, in order of first appearance.
fn execute(
    engine: Engine,
    vm: &Vm,
    events: &Events,
    records: &mut Records,
) -> Result<Vec<(u64, u64)>> {
    let mut results: Vec<(u64, u64)> = Vec::new();
    events.for_each(vm.environment().context(), vm.image().endian(), |context| {
        let result = vm.run(engine, context)?;
        records.read(vm);
        match results.iter_mut().find(|(value, _)| *value == result) {
            Some((_, count)) => *count += 1,
            None => results.push((result, 1)),
        }
        Ok(())
    })?;
    Ok(results)
}

fn summary(args: &Args, vm: &Vm, events: &Events, results: &[(u64, u64)]) -> String {
    let engine = match args.engine {
        EngineArg::Interp => "the interpreter",
        EngineArg::Jit => "the x86-64 JIT",
    };
    let list: Vec<String> = results
        .iter()
        .map(|&(value, count)| format!("{} ({count}×)", value as i64))
        .collect();
    let returned = match list.as_slice() {
        [] => String::new(),
        list => format!("; returned {}", list.join(", ")),
    };
    format!(
        "`{}` ran over {} events in {engine}, environment `{}`{returned}\n",
        vm.program().name(),
        events.len(),
        vm.environment().name(),
    )
}

fn parse_environment(name: &str) -> Result<Environment> {
    match Environment::named(name) {
        Some(environment) => Ok(environment),
        None => bail!("the environments are {}", Environment::NAMES.join(", ")),
    }
}
