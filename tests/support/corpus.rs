//! The programs of this repository that are for Linux: samples and file tests, at every level and instruction set version
//! that they are for.

use std::fmt;
use std::path::{Path, PathBuf};

use bpfcc::{Cpu, Endian, Level, Options, Target, compile_file};

use crate::flags::{lowest_cpu, options};
use crate::peers::file_tests;

/// One program compiled one way.
pub(crate) struct Case {
    pub(crate) source: PathBuf,
    pub(crate) options: Options,
}

impl Case {
    /// The bytes of the object file.
    pub(crate) fn object(&self) -> Vec<u8> {
        let compilation = compile_file(&self.source, &self.options);
        let compiled = compilation
            .result
            .unwrap_or_else(|| panic!("{self}: {:#?}", compilation.diagnostics));
        compiled.to_elf().expect("an object can be written")
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { level, cpu, .. } = &self.options;
        write!(f, "{} at {level:?} {}", self.source.display(), cpu.name())
    }
}

/// All of them; those of the same source stand together.
pub(crate) fn cases(repository: &Path) -> Vec<Case> {
    let samples = ["dropmon.bpf.c", "dropmon.c"].map(|name| {
        let for_linux = Options {
            target: Target::Linux,
            ..Options::default()
        };
        let source = repository.join("samples").join(name);
        ways(&source, &[], &for_linux)
    });
    let files = file_tests(&repository.join("tests/filetests"));
    let tests = files.iter().map(|file| of_file_test(file));
    samples.into_iter().chain(tests).flatten().collect()
}

/// A file at all levels and versions.
#[allow(dead_code, reason = "for the loaders alone")]
pub(crate) fn every_way(source: &Path) -> Vec<Case> {
    ways(source, &[], &Options::default())
}

/// File tests whose programs are in a section of Linux.
fn of_file_test(file: &Path) -> Vec<Case> {
    let source = std::fs::read_to_string(file).expect("a readable file");
    let flags = flags_of(&source);
    let options = options(&flags).expect("known flags");
    let lies_in = |name| file.parent().is_some_and(|folder| folder.ends_with(name));
    let is_for_linux = options.target == Target::Linux
        || lies_in("linux")
        || source.contains("SEC(\"raw_tracepoint/");
    // Those about headers call their programs like functions, which libbpf does not link.
    let is_for_this_machine = options.endian == Endian::Little;
    if !is_for_linux || !is_for_this_machine || lies_in("headers") || source.contains("//~ error") {
        return Vec::new();
    }
    ways(file, &flags, &options)
}

fn ways(source: &Path, flags: &[String], options: &Options) -> Vec<Case> {
    let cpus = Cpu::ALL.into_iter();
    let cpus = cpus.filter(|&cpu| cpu >= lowest_cpu(flags));
    let ways = cpus.flat_map(|cpu| levels(flags).iter().map(move |&level| (level, cpu)));
    ways.map(|(level, cpu)| Case {
        source: source.to_owned(),
        options: Options {
            level,
            cpu,
            ..options.clone()
        },
    })
    .collect()
}

/// All levels (`-O2` means the same as `-O1`), unless the file names `-O1` because the kernel accepts what only the passes make of it.
fn levels(flags: &[String]) -> &'static [Level] {
    if flags.iter().any(|flag| flag == "-O1") {
        &[Level::O1]
    } else {
        &[Level::O0, Level::O1]
    }
}

/// The words after `// flags:`.
fn flags_of(source: &str) -> Vec<String> {
    let lines = source.lines();
    let flags = lines.filter_map(|line| line.trim().strip_prefix("// flags:"));
    flags
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}
