//! GCC's C torture tests: small programs that call `abort` if they were compiled wrongly.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::clang::{Clang, print_comparison};
use crate::setup::{Includes, peers, say};
use crate::verdict::{Judged, Verdict, judge, report};
use crate::workers::on_all_cores;

/// Where Debian's package puts the archive.
const PACKAGE: &str = "/usr/src/gcc-12";
const PATTERN: &str = "*/gcc/testsuite/gcc.c-torture/execute/*";

/// Programs that test what GCC alone does; C leaves it open, and Clang, whose BPF this is measured by, does it as we do.
const GCC_ONLY: &[(&str, &str)] = &[
    (
        "20021127-1",
        "takes `llabs` for the C library's although the program defines it",
    ),
    (
        "990208-1",
        "wants a label of a function to differ in each place where that is inlined",
    ),
    ("align-3", "tells the alignment of a function"),
    (
        "bitfld-3",
        "computes with bit-fields wider than `int` in their own width",
    ),
    (
        "bitfld-5",
        "computes with bit-fields wider than `int` in their own width",
    ),
    (
        "builtin-constant",
        "takes a variable's value for a constant",
    ),
    (
        "pr32244-1",
        "computes with bit-fields wider than `int` in their own width",
    ),
    (
        "pr34971",
        "computes with bit-fields wider than `int` in their own width",
    ),
    ("printf-1", "tests the C library's `printf`"),
];

/// `torture [FILTER]`: the programs whose name contains the filter.
pub(crate) fn run(mut args: Args) -> Result<bool> {
    let filter = args.next().unwrap_or_default();
    args.finish()?;
    let directory = directory()?;
    let mut programs = programs(&directory)?;
    programs.retain(|path| label(path).contains(&filter));
    if programs.is_empty() {
        bail!(
            "no program in {} has `{filter}` in its name",
            directory.display()
        );
    }
    let includes = Includes {
        // Some programs are others with different macros.
        system: vec![directory],
        forced: vec!["torture.h".to_owned()],
    };
    let clang = Clang::newest();
    let programs = on_all_cores(&programs, |path, scratch| {
        let file = scratch.join("program.c");
        let text = std::fs::read(path)?;
        std::fs::write(&file, with_result_of_main(&text))?;
        let label = label(path);
        let verdict = match GCC_ONLY.iter().find(|(name, _)| *name == label) {
            Some((_, why)) => Verdict::Foreign(why),
            None => judge(&file, &includes, scratch)?,
        };
        let compiles = match &clang {
            Some(clang) => clang.compiles(&file, &includes, scratch)?,
            None => false,
        };
        Ok((Judged::new(label, verdict), compiles))
    })?;
    let is_well = report("torture", programs.iter().map(|(judged, _)| judged))?;
    match &clang {
        Some(clang) => print_comparison(clang, &programs),
        None => say("no clang-NN is on the search path to compare with"),
    }
    Ok(is_well)
}

/// Many of the programs date from before C99 and leave out the `int` of `main`.
fn with_result_of_main(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::new();
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let name_alone = line.strip_prefix(b"main").map(<[u8]>::trim_ascii_start);
        let is_main = name_alone.is_some_and(|rest| rest.starts_with(b"("));
        if is_main && starts_declaration(&result) {
            result.extend(b"int ");
        }
        result.extend(line);
    }
    result
}

/// Whether a declaration starts behind this text: whether it ends with one, or with a directive.
fn starts_declaration(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    if let Some(comment) = before.strip_suffix(b"*/") {
        let start = comment.windows(2).rposition(|pair| pair == b"/*");
        return starts_declaration(&comment[..start.unwrap_or(0)]);
    }
    let line = before.rsplit(|&byte| byte == b'\n').next();
    matches!(before.last(), None | Some(b';' | b'}'))
        || line.is_some_and(|line| line.starts_with(b"#"))
}

fn label(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// All programs directly in the directory, in order. Those in its subdirectories need floats or the C library.
fn programs(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory)
        .with_context(|| format!("cannot read {}", directory.display()))?;
    let mut all: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    all.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    all.sort();
    Ok(all)
}

/// The directory of the programs, which are unpacked at the first time.
fn directory() -> Result<PathBuf> {
    let directory = peers().join("gcc/testsuite/gcc.c-torture/execute");
    if !directory.is_dir() {
        unpack()?;
    }
    Ok(directory)
}

fn unpack() -> Result<()> {
    let archive = archive().context(
        "the C torture tests are not on this machine; `apt-get install gcc-12-source` brings them",
    )?;
    std::fs::create_dir_all(peers())?;
    let status = Command::new("tar")
        .args(["--extract", "--strip-components=1", "--wildcards", "--file"])
        .arg(&archive)
        .arg("--directory")
        .arg(peers())
        .arg(PATTERN)
        .status()
        .context("cannot start tar")?;
    if !status.success() {
        bail!("tar cannot unpack {}", archive.display());
    }
    Ok(())
}

fn archive() -> Option<PathBuf> {
    let entries = std::fs::read_dir(PACKAGE).ok()?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("gcc-") && name.ends_with(".tar.xz")
    })
}
