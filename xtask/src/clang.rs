//! Clang for BPF: what it compiles is what one may expect of us.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::child::{self, Ending};
use crate::setup::{Includes, say};
use crate::verdict::{Judged, Verdict};

const LIMIT: Duration = Duration::from_secs(60);

/// A version of Clang.
pub(crate) struct Clang(PathBuf);

impl Clang {
    /// The newest `clang-NN` of the search path.
    pub(crate) fn newest() -> Option<Clang> {
        let path = std::env::var_os("PATH")?;
        let directories = std::env::split_paths(&path).filter_map(|dir| dir.read_dir().ok());
        let files = directories
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()));
        let versions = files.filter_map(|file| Some((version(&file)?, file)));
        versions.max().map(|(_, file)| Clang(file))
    }

    /// The program.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Its name with its version.
    pub(crate) fn name(&self) -> String {
        self.0
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Whether it makes an object file for BPF of the program.
    pub(crate) fn compiles(
        &self,
        file: &Path,
        includes: &Includes,
        scratch: &Path,
    ) -> Result<bool> {
        let mut command = Command::new(&self.0);
        command.args("-target bpf -O2 -w -std=gnu17 -fno-crash-diagnostics -c -o".split(' '));
        command
            .arg(scratch.join("clang.o"))
            .arg("-I")
            .arg(includes.own());
        for directory in includes.searched() {
            command.arg("-isystem").arg(directory);
        }
        for header in &includes.forced {
            command.args(["-include", header]);
        }
        match child::run(command.arg(file), LIMIT, scratch)? {
            Ending::Exit { status, .. } => Ok(status.success()),
            Ending::Timeout => bail!(
                "{} takes too long to compile {}",
                self.name(),
                file.display()
            ),
        }
    }
}

/// The number in `clang-NN`.
fn version(file: &Path) -> Option<u32> {
    file.file_name()?
        .to_str()?
        .strip_prefix("clang-")?
        .parse()
        .ok()
}

/// Says how many programs both compile, and which only one of them does.
pub(crate) fn print_comparison(clang: &Clang, programs: &[(Judged, bool)]) {
    let count = |ours: bool, theirs: bool| {
        let is_one = |(judged, compiles): &&(Judged, bool)| {
            (judged.verdict.is_compiled(), *compiles) == (Some(ours), theirs)
        };
        programs.iter().filter(is_one).count()
    };
    let name = clang.name();
    say(format_args!(
        "{:6}  compiled by both, bpfcc and {name}",
        count(true, true)
    ));
    say(format_args!(
        "{:6}  compiled by bpfcc alone",
        count(true, false)
    ));
    say(format_args!(
        "{:6}  compiled by neither",
        count(false, false)
    ));
    say(format_args!(
        "{:6}  compiled by {name} alone:",
        count(false, true)
    ));
    for (judged, compiles) in programs {
        if let (Verdict::Refused { message, .. }, true) = (&judged.verdict, compiles) {
            say(format_args!("        {}: {message}", judged.label));
        }
    }
}
