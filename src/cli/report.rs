//! `--report=kernel`: the oldest kernel that loads a program, and what forces it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use bpfcc::requirements::Requirements;
use bpfcc::{Compilation, Compiled, Options, compile_file};
use bpfcc_object::elf;
use clap::ValueEnum;

use super::options::{Format, MessageArgs};
use super::output;

/// What is reported instead of compiling to a file.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// The oldest kernel that loads the program, and what of it needs which.
    Kernel,
}

/// How every object begins.
const ELF: &[u8] = b"\x7fELF";

/// The report on a C file or an object.
pub(crate) fn kernel(path: &Path, options: &Options, messages: &MessageArgs) -> Result<String> {
    let name = path.display().to_string();
    let bytes = fs::read(path).ok().filter(|bytes| bytes.starts_with(ELF));
    let (requirements, hint) = match bytes {
        Some(bytes) => {
            let object = elf::read(&bytes).with_context(|| format!("`{name}`"))?;
            (Requirements::of(&object), None)
        }
        None => {
            // Lines are what the report is about.
            let options = Options {
                no_debug_info: false,
                ..options.clone()
            };
            let compiled = output::finish(compile_file(path, &options), messages)?;
            let requirements = Requirements::of(&compiled.object);
            let hint = hint(path, &options, &requirements);
            (requirements, hint)
        }
    };
    Ok(match messages.diagnostics {
        Format::Text => requirements.text(&name, hint.as_deref(), messages.colours_output()),
        Format::Json => requirements.json(&name, hint.as_deref()) + "\n",
    })
}

/// How the program would load into an older kernel, which is tried out.
fn hint(path: &Path, options: &Options, requirements: &Requirements) -> Option<String> {
    if path == Path::new("-") || options.kernel.is_some() {
        return None;
    }
    let older = requirements.older_kernels().into_iter().find(|&kernel| {
        let mut options = options.clone();
        options.choose_for(kernel);
        let compilation: Compilation<Compiled> = compile_file(path, &options);
        compilation.result.is_some()
    })?;
    Some(format!(
        "with --kernel={older} it loads from Linux {older} on"
    ))
}
