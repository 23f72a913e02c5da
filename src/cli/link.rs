//! `bpfcc link A.o B.o -o OUT.o`: several objects become one.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use bpfcc_object::elf;
use bpfcc_object::link::{self, Input};

use super::output;

/// What to link, and to what.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Object files of bpfcc or clang.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Output file, `-` for standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Links as the arguments say.
pub(crate) fn run(args: &Args) -> Result<()> {
    let inputs: Result<Vec<Input>> = args.files.iter().map(|path| read(path)).collect();
    write(&inputs?, &args.output)
}

/// The object in a file.
pub(crate) fn read(path: &Path) -> Result<Input> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
    let object = elf::read(&bytes).map_err(|error| {
        anyhow!("`{name}` is no object file for BPF ({error}); make one with `bpfcc -c`")
    })?;
    Ok(Input { name, object })
}

/// Links objects and writes the result, if there is one.
pub(crate) fn write(inputs: &[Input], output: &Path) -> Result<()> {
    let linked = link::link(inputs).map_err(|errors| {
        let mut text = "cannot link".to_owned();
        for error in errors {
            let _ = write!(text, "\n{error}");
        }
        anyhow!(text)
    })?;
    output::write(output, &elf::write(&linked)?)
}
