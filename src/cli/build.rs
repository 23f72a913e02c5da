//! `bpfcc FILE`: compile to an object, to assembly, or to the text of any stage.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use bpfcc::stages::Stage;
use bpfcc::{Dialect, compile_file, stages};

use super::options::CompileArgs;
use super::output;

/// What to compile, and to what.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// C source file, `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    input: Option<PathBuf>,
    /// Output file, `-` for standard output. Default: FILE with `.o`, in the current directory; text goes to standard
    /// output.
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Compile without linking; bpfcc always does.
    #[arg(short)]
    compile_only: bool,
    /// Print assembly.
    #[arg(short = 'S', conflicts_with = "emit")]
    assembly: bool,
    /// Preprocess only.
    #[arg(short = 'E', conflicts_with_all = ["emit", "assembly"])]
    preprocess: bool,
    /// Dialect of assembly: llvm, gnu or bpf64 (that of 2014).
    #[arg(long, value_name = "DIALECT", default_value = "llvm", value_parser = parse_dialect)]
    asm: Dialect,
    /// Print the text of a stage instead: pp, ast, tree, ir, select, regalloc, asm, bytes, btf. `ir:lower` is the IR before
    /// all passes (`ir:adapt`: after the adaptation to the target), `ir:after=NAME` the IR after one of them.
    #[arg(long, value_name = "STAGE")]
    emit: Option<Stage>,
    #[command(flatten)]
    compile: CompileArgs,
}

/// Compiles as the arguments say.
pub(crate) fn run(args: &Args) -> Result<()> {
    let Some(input) = &args.input else {
        bail!("no input file; try `bpfcc --help`");
    };
    let mut options = args.compile.to_options();
    options.dialect = args.asm;
    match stage(args) {
        Some(stage) => {
            let text = output::finish(
                stages::file_text(input, &options, &stage),
                args.compile.diagnostics,
            )?;
            match &args.output {
                Some(path) => output::write(path, text.as_bytes()),
                None => output::print(&text),
            }
        }
        None => {
            let bytes = output::finish(compile_file(input, &options), args.compile.diagnostics)?
                .to_elf()?;
            output::write(
                &args.output.clone().unwrap_or_else(|| object_name(input)),
                &bytes,
            )
        }
    }
}

fn stage(args: &Args) -> Option<Stage> {
    if args.preprocess {
        return Some(Stage::Preprocessed);
    }
    if args.assembly {
        return Some(Stage::Assembly);
    }
    args.emit.clone()
}

/// `dir/dropmon.bpf.c` → `dropmon.bpf.o`, as C compilers name it.
fn object_name(input: &Path) -> PathBuf {
    match input.file_stem() {
        Some(stem) if input != Path::new("-") => Path::new(stem).with_added_extension("o"),
        _ => PathBuf::from("a.o"),
    }
}

fn parse_dialect(text: &str) -> Result<Dialect, String> {
    Dialect::from_name(text).ok_or_else(|| "use llvm, gnu or bpf64".to_owned())
}
