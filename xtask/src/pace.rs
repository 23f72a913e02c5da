//! How long bpfcc takes for the programs of real projects, beside the newest Clang.
//!
//! Of each program the shortest of a few runs counts, for both compilers in turn, so that other work on the machine disturbs
//! both alike. What matters is the ratio, program by program.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::args::Args;
use crate::projects::{Compiler, Project, compilers, projects};
use crate::setup::{peers, say};

const RUNS: usize = 5;

/// Milliseconds that both compilers took for a program.
struct Pace {
    ours: f64,
    theirs: f64,
}

/// `bench-projects [FILTER]`: the programs whose path contains the filter.
pub(crate) fn run(mut args: Args) -> Result<bool> {
    let filter = args.next().unwrap_or_default();
    args.finish()?;
    let compilers = compilers()?;
    let scratch = peers().join("bench");
    fs::create_dir_all(&scratch)?;
    for project in projects()? {
        let (mut large, mut small) = (Vec::new(), Vec::new());
        for file in &project.files {
            if !file.to_string_lossy().contains(&filter) {
                continue;
            }
            let Some(pace) = pace(&compilers, file, &project, &scratch)? else {
                continue;
            };
            match fs::read_to_string(file)?.contains("vmlinux.h") {
                true => large.push(pace),
                false => small.push(pace),
            }
        }
        print(&format!("{} with vmlinux.h", project.name), &large);
        print(&format!("{} without", project.name), &small);
    }
    Ok(true)
}

/// `None` if one of them refuses the program.
fn pace(
    [ours, theirs]: &[Compiler; 2],
    file: &Path,
    project: &Project,
    scratch: &Path,
) -> Result<Option<Pace>> {
    let mut best = Pace {
        ours: f64::INFINITY,
        theirs: f64::INFINITY,
    };
    for _ in 0..RUNS {
        for (compiler, best) in [(ours, &mut best.ours), (theirs, &mut best.theirs)] {
            let object = scratch.join("project.o");
            match milliseconds(compiler, file, &project.flags, &object)? {
                Some(time) => *best = best.min(time),
                None => return Ok(None),
            }
        }
    }
    Ok(Some(best))
}

fn milliseconds(
    compiler: &Compiler,
    file: &Path,
    flags: &[String],
    object: &Path,
) -> Result<Option<f64>> {
    let mut command = compiler.compile(file, flags, object);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().context("cannot start a compiler")?;
    let time = start.elapsed().as_secs_f64() * 1e3;
    Ok(status.success().then_some(time))
}

fn print(name: &str, paces: &[Pace]) {
    let of = |value: fn(&Pace) -> f64| sorted(paces.iter().map(value).collect());
    let (ours, theirs) = (of(|pace| pace.ours), of(|pace| pace.theirs));
    let ratios = of(|pace| pace.theirs / pace.ours);
    let (Some(ours), Some(theirs)) = (middle(&ours), middle(&theirs)) else {
        return;
    };
    let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
    let median = middle(&ratios).unwrap_or(0.0);
    say(format_args!(
        "{name}: {} programs, {ours:.1} ms against {theirs:.1} ms, {median:.1} times as fast ({least:.1} to {most:.1})",
        paces.len(),
    ));
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The median of sorted values.
fn middle(values: &[f64]) -> Option<f64> {
    values.get(values.len() / 2).copied()
}
