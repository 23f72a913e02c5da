//! The child process of the other tasks: compiles one program one way, executes it once, and says what happened.
//!
//! A crash, an endless loop or an `exit` of the program then is the end of a process, not of the test run. Its output is lines:
//! what was observed, then one of `exit CODE`, `refused CODE: MESSAGE`, `unlinked MESSAGE`, `fault MESSAGE`; or the line of
//! [`host`]'s `abort`.

use std::path::Path;

use anyhow::{Context, Result};
use bpfcc::{Compilation, Compiled, compile_file};
use bpfcc_runtime::{EnvironmentChoice, Input, Vm};

use crate::args::Args;
use crate::host;
use crate::setup::{Includes, Setup, engine, say};

/// Name of the task, which users need not know.
pub(crate) const TASK: &str = "execute";

/// Instructions after which the interpreter gives up.
const BUDGET: u64 = 300_000_000;

/// `execute LEVEL CPU ENGINE FILE [-isystem DIR | -include HEADER]…`
pub(crate) fn run(mut args: Args) -> Result<bool> {
    let (level, cpu) = (args.required("level")?, args.required("cpu")?);
    let setup = Setup::from_words(&level, &cpu).context("no such level or cpu")?;
    let engine = engine(&args.required("engine")?).context("no such engine")?;
    let file = args.required("file")?;
    let includes = includes(args)?;
    let compilation = compile_file(Path::new(&file), &setup.options(&includes));
    match &compilation.result {
        None => refused(&compilation),
        Some(compiled) => call_main(compiled, engine),
    }
    Ok(true)
}

fn includes(mut args: Args) -> Result<Includes> {
    let mut includes = Includes::default();
    while let Some(option) = args.next() {
        let value = args.required(&option)?;
        match option.as_str() {
            "-isystem" => includes.system.push(value.into()),
            _ => includes.forced.push(value),
        }
    }
    Ok(includes)
}

fn refused(compilation: &Compilation<Compiled>) {
    let mut errors = compilation.diagnostics.iter().filter(|d| d.is_error());
    let first = errors.next().expect("a refusal has a reason");
    let code = first.code.unwrap_or("-");
    say(format_args!("refused {code}: {}", first.message));
}

fn call_main(compiled: &Compiled, engine: bpfcc_runtime::Engine) {
    let choice = EnvironmentChoice::Given(host::environment());
    let vm = match Vm::load(&compiled.object, Some("main"), choice) {
        Ok(vm) => vm.with_budget(BUDGET),
        Err(error) => return say(format_args!("unlinked {error}")),
    };
    // SAFETY: a program that breaks its promise ends this process, and nothing else is in it. The parent runs the interpreter
    // first, and the JIT only if that found nothing wrong as far as it came.
    let vm = unsafe { vm.trust() };
    match vm.call_function(engine, "main", Input::Arguments([0; 5])) {
        Ok(code) => host::report_exit(code),
        Err(error) => say(format_args!("fault {error}")),
    }
}
