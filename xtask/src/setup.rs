//! What is varied in differential tests, and where their files are.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use bpfcc::{Cpu, Level, Options};
use bpfcc_runtime::Engine;

/// One way to compile a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Setup {
    /// How much is optimised.
    pub(crate) level: Level,
    /// Which instructions may be used.
    pub(crate) cpu: Cpu,
}

const LEVELS: [(&str, Level); 2] = [("O0", Level::O0), ("O1", Level::O1)];
const ENGINES: [(&str, Engine); 2] = [("interp", Engine::Interp), ("jit", Engine::Jit)];

/// The instruction sets that differ most: without 32-bit jumps, with them, with signed division and extending loads.
const CPUS: [&str; 3] = ["v3", "v4", "v1"];

impl Setup {
    /// All of them, the default one first.
    pub(crate) fn all() -> impl Iterator<Item = Setup> {
        let cpus = CPUS.into_iter().filter_map(Cpu::from_name);
        cpus.flat_map(|cpu| {
            LEVELS
                .into_iter()
                .rev()
                .map(move |(_, level)| Setup { level, cpu })
        })
    }

    /// The setup of these two words, as printed.
    pub(crate) fn from_words(level: &str, cpu: &str) -> Option<Setup> {
        let (_, level) = LEVELS.into_iter().find(|(name, _)| *name == level)?;
        Cpu::from_name(cpu).map(|cpu| Setup { level, cpu })
    }

    /// The two words from which [`Setup::from_words`] makes it again.
    pub(crate) fn words(self) -> [&'static str; 2] {
        let level = LEVELS.into_iter().find(|(_, level)| *level == self.level);
        [level.map_or("O1", |(name, _)| name), self.cpu.name()]
    }

    /// Options of the compiler.
    pub(crate) fn options(self, includes: &Includes) -> Options {
        let mut options = Options {
            level: self.level,
            cpu: self.cpu,
            ..Options::default()
        };
        options.frontend.preprocessor.include_dirs = vec![includes.own()];
        options.frontend.preprocessor.system_dirs = includes.searched();
        options.frontend.preprocessor.forced_includes = includes.forced.clone();
        options
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [level, cpu] = self.words();
        write!(f, "-{level} --mcpu={cpu}")
    }
}

/// The engine of this name.
pub(crate) fn engine(name: &str) -> Option<Engine> {
    ENGINES
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, engine)| engine)
}

/// All engines by name; the interpreter first, since it checks what the JIT takes for granted.
pub(crate) fn engines() -> impl Iterator<Item = &'static str> {
    ENGINES.into_iter().map(|(name, _)| name)
}

/// Headers that a program may include.
#[derive(Clone, Debug, Default)]
pub(crate) struct Includes {
    /// Directories besides our own.
    pub(crate) system: Vec<PathBuf>,
    /// Headers included before the program.
    pub(crate) forced: Vec<String>,
}

impl Includes {
    /// The directory of the headers that stand in for those of the test suites.
    pub(crate) fn own(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime")
    }

    /// The directories of `<…>` for BPF. The last one holds what stands in for the C library's headers.
    pub(crate) fn searched(&self) -> Vec<PathBuf> {
        let mut directories = self.system.clone();
        directories.push(self.own().join("bpf"));
        directories
    }
}

/// Where downloaded and generated programs are put: outside version control.
pub(crate) fn peers() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.unwrap_or(Path::new("..")).join("target/peers")
}

/// Prints a line. A closed standard output is no reason to stop.
pub(crate) fn say(line: impl fmt::Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
