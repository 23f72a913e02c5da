//! `bpfcc objdump FILE.o…`: objects as text.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use bpfcc::Dialect;
use bpfcc::objdump::{self, Part};
use bpfcc_object::{Object, elf};

use super::options::Colour;
use super::output;

const EXAMPLES: &str = "\
Examples:
  bpfcc objdump prog.o                        everything: C beside instructions, maps, data, types
  bpfcc objdump -S --function handle prog.o   one function
  bpfcc objdump -d --bytes --plain prog.o     instructions as they are in the file
  bpfcc objdump --maps --externs prog.o       what the program needs
  bpfcc objdump --core prog.o                 what depends on the running kernel's types
  bpfcc objdump --json prog.o                 for machines";

/// Which objects, and what of them.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Object files of any compiler for BPF, `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Show instructions.
    #[arg(short, long)]
    disassemble: bool,
    /// Show instructions with the lines of C that they come from.
    #[arg(short = 'S', long)]
    source: bool,
    /// Show relocations: as a list, or with instructions if these are shown.
    #[arg(short, long)]
    relocations: bool,
    /// Show what in the object is how large.
    #[arg(long)]
    summary: bool,
    /// Show the list of sections.
    #[arg(short = 'H', long)]
    sections: bool,
    /// Show the list of symbols.
    #[arg(short = 't', long)]
    symbols: bool,
    /// Show the definitions of maps.
    #[arg(long)]
    maps: bool,
    /// Show what the object uses and does not define.
    #[arg(long)]
    externs: bool,
    /// Show variables with their values, strings and bytes.
    #[arg(long)]
    data: bool,
    /// Show types as C.
    #[arg(long)]
    btf: bool,
    /// Show CO-RE relocations as a list.
    #[arg(long)]
    core: bool,
    /// Show one section only.
    #[arg(short = 'j', long, value_name = "NAME")]
    section: Option<String>,
    /// Show one function only.
    #[arg(long, value_name = "NAME")]
    function: Option<String>,
    /// With the bytes of each instruction.
    #[arg(long)]
    bytes: bool,
    /// Instructions without names and notes: numbers as they are in the bytes.
    #[arg(long)]
    plain: bool,
    /// Dialect of assembly: llvm, gnu or bpf64 (that of 2014).
    #[arg(long, visible_alias = "dialect", value_name = "DIALECT", default_value = "llvm", value_parser = super::build::parse_dialect)]
    asm: Dialect,
    /// Print one JSON object for each file.
    #[arg(long)]
    json: bool,
    /// Whether text has colours.
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Colour,
}

impl Args {
    fn to_options(&self) -> objdump::Options {
        let shows_code = self.disassemble || self.source;
        let switches = [
            (Part::Summary, self.summary),
            (Part::Sections, self.sections),
            (Part::Symbols, self.symbols),
            (Part::Relocations, self.relocations && !shows_code),
            (Part::Maps, self.maps),
            (Part::Externs, self.externs),
            (Part::Code, shows_code),
            (Part::Core, self.core),
            (Part::Data, self.data),
            (Part::Types, self.btf),
        ];
        let parts = switches.iter().filter(|(_, is_on)| *is_on);
        let parts: BTreeSet<Part> = parts.map(|(part, _)| *part).collect();
        objdump::Options {
            source: self.source || parts.is_empty(),
            parts,
            section: self.section.clone(),
            function: self.function.clone(),
            dialect: self.asm,
            bytes: self.bytes,
            relocations: self.relocations,
            plain: self.plain,
            colours: match self.color {
                Colour::Auto => io::stdout().is_terminal(),
                Colour::Always => true,
                Colour::Never => false,
            },
        }
    }
}

/// Prints each object, whatever became of those before it.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let options = args.to_options();
    let mut code = ExitCode::SUCCESS;
    for (index, path) in args.files.iter().enumerate() {
        match dump(args, path, &options) {
            Ok(text) if args.json || args.files.len() == 1 => output::print(&text)?,
            Ok(text) => {
                let gap = if index > 0 { "\n" } else { "" };
                output::print(&format!("{gap}==> {} <==\n{text}", path.display()))?;
            }
            Err(error) => {
                output::report(&error);
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn dump(args: &Args, path: &Path, options: &objdump::Options) -> Result<String> {
    let object = read(path)?;
    let print = match args.json {
        true => objdump::json,
        false => objdump::text,
    };
    print(&object, options).with_context(|| format!("`{}`", path.display()))
}

fn read(path: &Path) -> Result<Object> {
    let bytes = match path {
        dash if dash == Path::new("-") => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        }
        path => std::fs::read(path),
    };
    let bytes = bytes.with_context(|| format!("cannot read `{}`", path.display()))?;
    elf::read(&bytes)
        .map_err(|error| anyhow!("`{}` is no BPF object file: {error}", path.display()))
}
