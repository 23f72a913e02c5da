//! Options that every command which compiles takes.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use bpfcc::kernel::TypesFile;
use bpfcc::{Cpu, Dwarf, Endian, Level, Options, Target, Version};
use bpfcc_frontend::source::PrefixMap;
use bpfcc_frontend::warn::Switch;
use bpfcc_object::dwarf;
use clap::ValueEnum;

use super::macros::MacroArgs;
use super::query::standard_dirs;

/// How diagnostics are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With source lines and carets.
    Text,
    /// One object per line.
    Json,
}

/// The byte order of the target.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ByteOrder {
    /// x86, arm64, riscv and most others.
    Little,
    /// s390 and some others.
    Big,
}

/// When text has colours.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal.
    Auto,
    Always,
    Never,
}

/// How much is said, and how.
#[derive(clap::Args)]
#[command(next_help_heading = "Diagnostics")]
pub(crate) struct MessageArgs {
    /// How diagnostics are printed: text for people, json for editors.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) diagnostics: Format,
    /// Whether text has colours.
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(crate) color: Colour,
    /// How many diagnostics are printed as text; 0 for all.
    #[arg(long, value_name = "NUMBER", default_value = "20")]
    pub(crate) error_limit: usize,
}

impl MessageArgs {
    /// Whether what is printed to standard output has colours.
    pub(crate) fn colours_output(&self) -> bool {
        match self.color {
            Colour::Auto => io::stdout().is_terminal(),
            Colour::Always => true,
            Colour::Never => false,
        }
    }
}

/// How to compile.
#[derive(clap::Args)]
pub(crate) struct CompileArgs {
    /// Add a directory to search for headers.
    #[arg(
        short = 'I',
        long = "include-directory",
        value_name = "DIR",
        help_heading = "Preprocessor"
    )]
    include: Vec<PathBuf>,
    /// Add a directory to search first, for headers whose names stand in quotes.
    #[arg(long, value_name = "DIR", help_heading = "Preprocessor")]
    iquote: Vec<PathBuf>,
    /// Add a directory of system headers, searched after those of -I.
    #[arg(long, value_name = "DIR", help_heading = "Preprocessor")]
    isystem: Vec<PathBuf>,
    /// Add a directory of system headers, searched last.
    #[arg(long, value_name = "DIR", help_heading = "Preprocessor")]
    idirafter: Vec<PathBuf>,
    /// Process a header before the program, and keep nothing but its macros.
    #[arg(long, value_name = "FILE", help_heading = "Preprocessor")]
    imacros: Vec<String>,
    /// Process a header before the program.
    #[arg(long = "include", value_name = "FILE", help_heading = "Preprocessor")]
    preinclude: Vec<String>,
    /// Search only the directories given, neither the headers that bpfcc carries nor those of the host.
    #[arg(long, help_heading = "Preprocessor")]
    nostdinc: bool,
    /// Do not search the host's directories of headers.
    #[arg(long, help_heading = "Preprocessor")]
    nostdlibinc: bool,
    /// Where the host's directories of headers are.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "/",
        hide_default_value = true,
        help_heading = "Preprocessor"
    )]
    sysroot: PathBuf,
    /// Begin names of files with NEW instead of OLD in `__FILE__`.
    #[arg(long, value_name = "OLD=NEW", help_heading = "Preprocessor", value_parser = parse_map)]
    macro_prefix_map: Vec<PrefixMap>,
    /// Begin names of files with NEW instead of OLD in line information.
    #[arg(long, value_name = "OLD=NEW", value_parser = parse_map)]
    debug_prefix_map: Vec<PrefixMap>,
    /// Take the types of `vmlinux.h`, where there is no such file, from BTF: as it is, or in an ELF file [default:
    /// $VMLINUX_BTF, or those of the running kernel].
    #[arg(long, value_name = "FILE", help_heading = "Preprocessor")]
    btf: Option<PathBuf>,
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
    /// Describe types and lines (BTF) in the object, as -g asks and -g0 does not. libbpf needs them for maps in `.maps`.
    #[arg(long, value_name = "YES|NO", default_value = "yes", value_parser = parse_yes_no, action = clap::ArgAction::Set)]
    debug_info: bool,
    /// Describe types and lines as DWARF too, version 4 or 5, as -gdwarf asks: llvm-objdump -S, pahole and debuggers read it.
    #[arg(long, value_name = "VERSION", num_args = 0..=1, require_equals = true, default_missing_value = "5", value_parser = parse_dwarf)]
    dwarf: Option<dwarf::Version>,
    /// Directory that relative paths start from in DWARF [default: the current one].
    #[arg(long, value_name = "DIR")]
    compilation_dir: Option<PathBuf>,
    /// Optimisation level: 0 translates, 1 and above (2, 3, s, z) optimise as well as bpfcc can.
    #[arg(short = 'O', value_name = "LEVEL", default_value = "1", value_parser = parse_level)]
    level: Level,
    /// Instruction set version: v1 (every kernel), v2, v3 (Linux 5.1 and later) or v4 (6.6 and later) [default: v3, or the
    /// newest that the kernel of --kernel runs].
    #[arg(long = "mcpu", value_name = "VERSION", value_parser = parse_cpu)]
    cpu: Option<Cpu>,
    /// Oldest Linux that is to load the program, such as 5.4: chooses the instructions, and refuses what it lacks.
    #[arg(long, value_name = "VERSION", value_parser = parse_kernel)]
    kernel: Option<Version>,
    /// Byte order of the machine that is to run the program.
    #[arg(long, value_enum, value_name = "ORDER", default_value = "little")]
    endian: ByteOrder,
    /// Write out all loops or refuse them, as kernels before Linux 5.3 do; later ones run loops if they can prove that they end.
    #[arg(long)]
    no_loops: bool,
    #[command(flatten)]
    pub(crate) messages: MessageArgs,
}

impl CompileArgs {
    /// The library's form of these options.
    pub(crate) fn to_options(&self) -> Options {
        let mut options = Options {
            target: self.target,
            level: self.level,
            endian: match self.endian {
                ByteOrder::Little => Endian::Little,
                ByteOrder::Big => Endian::Big,
            },
            ..Options::default()
        };
        options.no_debug_info = !self.debug_info;
        options.dwarf = self.dwarf.map(|version| Dwarf {
            version,
            directory: self.directory(),
        });
        options.debug_prefix_map.clone_from(&self.debug_prefix_map);
        options.frontend.language.allowed.loops = !self.no_loops;
        if let Some(kernel) = self.kernel {
            options.choose_for(kernel);
        }
        if let Some(cpu) = self.cpu {
            options.cpu = cpu;
        }
        let types = self.btf.as_ref().map(TypesFile::new);
        let types = types.or_else(TypesFile::of_this_machine);
        options.frontend.kernel_types = types.map(|types| Arc::new(types) as Arc<_>);
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
        pp.quote_dirs.clone_from(&self.iquote);
        pp.after_dirs.clone_from(&self.idirafter);
        if !self.nostdlibinc {
            pp.standard_dirs = standard_dirs(&self.sysroot);
        }
        pp.macro_prefix_map.clone_from(&self.macro_prefix_map);
        pp.macro_includes.clone_from(&self.imacros);
        pp.forced_includes.clone_from(&self.preinclude);
        pp.no_standard_includes = self.nostdinc;
        pp.macros.clone_from(&self.macros.in_order);
        options
    }

    /// Where relative paths start from; nothing if the current directory is gone.
    fn directory(&self) -> String {
        let named = self.compilation_dir.clone();
        let directory = named.or_else(|| std::env::current_dir().ok());
        directory.map_or_else(String::new, |directory| directory.display().to_string())
    }
}

fn parse_target(name: &str) -> Result<Target, String> {
    Target::from_name(name).ok_or_else(|| "use as-written or linux".to_owned())
}

fn parse_level(text: &str) -> Result<Level, String> {
    match text {
        "0" => Ok(Level::O0),
        "s" | "z" | "g" | "fast" => Ok(Level::O1),
        _ if text.parse::<u8>().is_ok() => Ok(Level::O1),
        _ => Err(format!(
            "there is no -O{text}; use -O0 or one of -O1, -O2, -O3, -Os and -Oz, which mean the same"
        )),
    }
}

fn parse_cpu(name: &str) -> Result<Cpu, String> {
    Cpu::from_name(name).ok_or_else(|| "use v1, v2, v3, v4, generic or probe".to_owned())
}

fn parse_kernel(text: &str) -> Result<Version, String> {
    let version = Version::parse(text).ok_or_else(|| "use a version such as 5.4".to_owned())?;
    if version < Version::FIRST {
        return Err(format!("BPF programs came with Linux {}", Version::FIRST));
    }
    Ok(version)
}

fn parse_yes_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("use yes or no".to_owned()),
    }
}

fn parse_dwarf(text: &str) -> Result<dwarf::Version, String> {
    let version = text.parse().ok().and_then(dwarf::Version::from_number);
    version.ok_or_else(|| "use 4 or 5".to_owned())
}

fn parse_map(text: &str) -> Result<PrefixMap, String> {
    PrefixMap::parse(text).ok_or_else(|| "an `=` parts the old beginning from the new".to_owned())
}
