//! How compile time grows with the length of a program, and beside it that of Clang.
//!
//! Only the processor's time counts, so that other work on the machine does not matter much; the smallest of a few runs is
//! taken. What grows linearly takes twice as long for twice the lines.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::args::Args;
use crate::child::{self, Ending};
use crate::clang::Clang;
use crate::setup::{peers, say};
use crate::shapes::{SHAPES, Shape};

const RUNS: usize = 3;
const LIMIT: Duration = Duration::from_secs(300);

/// Parts of the longest program that are measured.
const PARTS: [usize; 4] = [8, 4, 2, 1];

/// Ticks in a second, as Linux shows times to programs on all machines.
const TICKS: f64 = 100.0;

/// A compiler with its options.
struct Contestant {
    name: String,
    program: PathBuf,
    options: &'static str,
}

/// `bench-compile [SHAPE]`
pub(crate) fn run(mut args: Args) -> Result<bool> {
    let wanted = args.next();
    args.finish()?;
    let is_wanted = |shape: &&Shape| wanted.as_ref().is_none_or(|name| name == shape.name);
    let shapes: Vec<&Shape> = SHAPES.iter().filter(is_wanted).collect();
    if shapes.is_empty() {
        let names: Vec<&str> = SHAPES.iter().map(|shape| shape.name).collect();
        bail!("the shapes are {}", names.join(", "));
    }
    let scratch = peers().join("bench");
    std::fs::create_dir_all(&scratch)?;
    let contestants = contestants()?;
    for shape in shapes {
        say(format_args!("{}: {}", shape.name, shape.about));
        for contestant in &contestants {
            let line = measure_all(shape, contestant, &scratch)?;
            say(format_args!("  {:14}{line}", contestant.name));
        }
    }
    Ok(true)
}

fn contestants() -> Result<Vec<Contestant>> {
    let ours = std::env::current_exe()?.with_file_name("bpfcc");
    ensure!(
        ours.is_file(),
        "there is no {}; `cargo build --release` makes it",
        ours.display()
    );
    let mut all: Vec<Contestant> = ["-O0 --mcpu=v4", "-O1 --mcpu=v4"]
        .into_iter()
        .map(|options| Contestant {
            name: format!("bpfcc {}", &options[..3]),
            program: ours.clone(),
            options,
        })
        .collect();
    if let Some(clang) = Clang::newest() {
        let options = [
            "-O0 -g -w -target bpf -mcpu=v4 -c",
            "-O2 -g -w -target bpf -mcpu=v4 -c",
        ];
        all.extend(options.into_iter().map(|options| Contestant {
            name: format!("{} {}", clang.name(), &options[..3]),
            program: clang.path().to_owned(),
            options,
        }));
    }
    Ok(all)
}

/// A line of times, each with how many times longer it is than the one before.
fn measure_all(shape: &Shape, contestant: &Contestant, scratch: &Path) -> Result<String> {
    let mut line = String::new();
    let mut before: Option<f64> = None;
    for part in PARTS {
        let lines = shape.lines / part;
        let file = scratch.join("program.c");
        std::fs::write(&file, shape.text(lines)).context("cannot write to target/peers")?;
        let Some(seconds) = measure(contestant, &file, scratch)? else {
            return Ok(line + &format!("  {lines} lines: refused"));
        };
        line += &format!("  {lines:6} lines: {seconds:5.2} s");
        if let Some(before) = before.replace(seconds) {
            line += &format!(" (×{:3.1})", seconds / before);
        }
    }
    Ok(line)
}

/// Seconds of the processor's time; `None` if the compiler refuses the program.
fn measure(contestant: &Contestant, file: &Path, scratch: &Path) -> Result<Option<f64>> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = time_of_children()?;
        let mut command = Command::new(&contestant.program);
        command.args(contestant.options.split(' ')).arg(file);
        command.arg("-o").arg(scratch.join("program.o"));
        match child::run(&mut command, LIMIT, scratch)? {
            Ending::Exit { status, .. } if !status.success() => return Ok(None),
            Ending::Exit { .. } => best = best.min(time_of_children()? - start),
            Ending::Timeout => bail!("{} takes longer than {LIMIT:?}", contestant.name),
        }
    }
    Ok(Some(best))
}

/// What the children that have ended have used, from `/proc/self/stat`: its fields 16 and 17 (proc(5)).
fn time_of_children() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("needs Linux")?;
    let (_, behind_name) = stat.rsplit_once(')').context("has a name")?;
    let fields = behind_name.split_whitespace().skip(13).take(2);
    let ticks: f64 = fields.filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / TICKS)
}
