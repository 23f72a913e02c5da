//! Programs from Csmith: random, but free of undefined behaviour, so that all compilers must agree on what they do.
//!
//! Csmith writes for machines with much stack, so its options keep the programs small and without what BPF lacks. Each
//! program is made with one set of options in turn.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::child::{self, Ending};
use crate::setup::{Includes, peers};
use crate::verdict::{Judged, Verdict, judge, report};
use crate::workers::on_all_cores;

/// Where Debian's package puts Csmith's own headers; one of them is used.
const HEADERS: &str = "/usr/include/csmith";

/// Time in which Csmith makes a program. A few seeds send it into an endless search.
const LIMIT: Duration = Duration::from_secs(10);

/// Options for all programs.
const COMMON: &[&str] = &[
    "--quiet",
    "--no-argc",
    "--no-float",
    "--max-array-dim",
    "2",
    "--max-array-len-per-dim",
    "4",
    "--max-struct-fields",
    "5",
    "--max-union-fields",
    "3",
];

/// What differs between the programs, so that each feature is sometimes left out and the others come more often.
const KINDS: &[(&str, &str)] = &[
    (
        "one function, no pointers",
        "--max-funcs 1 --max-block-depth 3 --no-pointers",
    ),
    (
        "short blocks, long expressions",
        "--max-funcs 2 --max-block-depth 2 --max-expr-complexity 6 --inline-function",
    ),
    (
        "four functions, no bit-fields",
        "--max-funcs 4 --max-block-depth 3 --max-block-size 3 --no-bitfields",
    ),
    (
        "nothing packed or volatile, no jumps",
        "--max-funcs 2 --max-block-depth 3 --no-packed-struct --no-volatiles --no-jumps",
    ),
    (
        "structures of bit-fields by value",
        "--max-funcs 4 --max-block-depth 2 --max-struct-fields 8 --fixed-struct-fields --no-arrays",
    ),
    (
        "many levels of pointers",
        "--max-funcs 3 --max-block-depth 2 --max-pointer-depth 4 --no-structs",
    ),
    (
        "builtin functions",
        "--max-funcs 2 --max-block-depth 2 --builtins --builtin-function-prob 40",
    ),
    (
        "random probabilities",
        "--max-funcs 3 --max-block-depth 3 --random-random",
    ),
];

/// `csmith [COUNT] [SEED]`
pub(crate) fn run(mut args: Args) -> Result<bool> {
    let count = args.number("COUNT", 200)?;
    let first = args.number("SEED", 1)?;
    args.finish()?;
    if !Path::new(HEADERS).is_dir() {
        bail!("Csmith is not on this machine; `apt-get install csmith libcsmith-dev` brings it");
    }
    std::fs::create_dir_all(directory())?;
    let includes = Includes {
        system: vec![HEADERS.into()],
        ..Includes::default()
    };
    let seeds: Vec<u64> = (first..first + count).collect();
    let programs = on_all_cores(&seeds, |&seed, scratch| {
        let (kind, _) = KINDS[seed as usize % KINDS.len()];
        let label = format!("seed {seed} ({kind})");
        let verdict = match generate(seed, scratch)? {
            Some(file) => judge(&file, &includes, scratch)?,
            None => Verdict::Unsuited("Csmith does not come to an end"),
        };
        Ok(Judged::new(label, verdict))
    })?;
    report("csmith", programs.iter())
}

fn directory() -> PathBuf {
    peers().join("csmith")
}

/// The program of this seed; `None` if Csmith does not come to an end, or fails an assertion of its own.
fn generate(seed: u64, scratch: &Path) -> Result<Option<PathBuf>> {
    let file = directory().join(format!("{seed}.c"));
    // Csmith leaves a file behind where it works.
    let mut csmith = Command::new("csmith");
    csmith.current_dir(directory());
    csmith.args(COMMON);
    let (_, options) = KINDS[seed as usize % KINDS.len()];
    csmith.args(options.split_whitespace());
    csmith
        .arg("--seed")
        .arg(seed.to_string())
        .arg("--output")
        .arg(&file);
    let ending = child::run(&mut csmith, LIMIT, scratch).context("cannot run Csmith")?;
    let made = matches!(ending, Ending::Exit { status, .. } if status.success());
    Ok(made.then_some(file))
}
