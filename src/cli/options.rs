//! Options that every command which compiles takes.

use std::path::PathBuf;

use bpfcc::{Cpu, Level, Options, Target};
use bpfcc_frontend::warn::Switch;
use clap::ValueEnum;

use super::macros::MacroArgs;

/// How diagnostics are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With source lines and carets.
    Text,
    /// One object per line.
    Json,
}

/// How to compile.
#[derive(clap::Args)]
pub(crate) struct CompileArgs {
    /// Add a directory to search for headers.
    #[arg(short = 'I', value_name = "DIR", help_heading = "Preprocessor")]
    include: Vec<PathBuf>,
    /// Add a directory of system headers, searched after those of -I.
    #[arg(long, value_name = "DIR", help_heading = "Preprocessor")]
    isystem: Vec<PathBuf>,
    /// Process a header before the program.
    #[arg(long = "include", value_name = "FILE", help_heading = "Preprocessor")]
    preinclude: Vec<String>,
    /// Search only the directories given, not the headers that bpfcc carries.
    #[arg(long, help_heading = "Preprocessor")]
    nostdinc: bool,
    #[command(flatten)]
    macros: MacroArgs,
    /// Host that the object is for: as-written (tables and functions of 2014 stay by name, which the bundled runtime binds),
    /// or linux (they become maps and helpers, and events raw tracepoints, which libbpf loads).
    #[arg(long, value_name = "HOST", default_value = "as-written", value_parser = parse_target)]
    target: Target,
    /// Give more warnings (all, extra, everything), one of them, or not (no-NAME); make errors of all (error) or of one
    /// (error=NAME).
    #[arg(short = 'W', value_name = "NAME", help_heading = "Diagnostics")]
    warnings: Vec<String>,
    /// Give no warnings.
    #[arg(short = 'w', help_heading = "Diagnostics")]
    no_warnings: bool,
    /// How diagnostics are printed: text for people, json for editors.
    #[arg(long, value_enum, default_value = "text", help_heading = "Diagnostics")]
    pub(crate) diagnostics: Format,
    /// Optimisation level: 0 translates, 1 optimises.
    #[arg(short = 'O', value_name = "LEVEL", default_value = "1", value_parser = parse_level)]
    level: Level,
    /// Instruction set version: v1 (every kernel), v2, v3 (Linux 5.1 and later) or v4 (6.6 and later).
    #[arg(long = "mcpu", value_name = "VERSION", default_value = "v3", value_parser = parse_cpu)]
    cpu: Cpu,
    /// Refuse loops, as kernels before Linux 5.3 do; later ones run them if they can prove that they end.
    #[arg(long)]
    no_loops: bool,
}

impl CompileArgs {
    /// The library's form of these options.
    pub(crate) fn to_options(&self) -> Options {
        let mut options = Options {
            target: self.target,
            level: self.level,
            cpu: self.cpu,
            ..Options::default()
        };
        options.frontend.language.allowed.loops = !self.no_loops;
        let warnings = &mut options.frontend.warnings;
        self.warnings
            .iter()
            .for_each(|name| warnings.set(Switch::parse(name)));
        if self.no_warnings {
            warnings.set(Switch::None);
        }
        let pp = &mut options.frontend.preprocessor;
        pp.include_dirs.clone_from(&self.include);
        pp.system_dirs.clone_from(&self.isystem);
        pp.forced_includes.clone_from(&self.preinclude);
        pp.no_standard_includes = self.nostdinc;
        pp.macros.clone_from(&self.macros.in_order);
        options
    }
}

fn parse_target(name: &str) -> Result<Target, String> {
    Target::from_name(name).ok_or_else(|| "use as-written or linux".to_owned())
}

fn parse_level(text: &str) -> Result<Level, String> {
    match text {
        "0" => Ok(Level::O0),
        "1" => Ok(Level::O1),
        _ => Err(format!("there is no -O{text}; use -O0 or -O1")),
    }
}

fn parse_cpu(name: &str) -> Result<Cpu, String> {
    Cpu::from_name(name).ok_or_else(|| "use v1, v2, v3 or v4".to_owned())
}
