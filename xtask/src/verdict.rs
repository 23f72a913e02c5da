//! What became of a program, and the table over many.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::child::{self, Ending};
use crate::setup::{Includes, Setup, engines, peers, say};
use crate::{execute, native};

/// Time for one compilation and execution.
const LIMIT: Duration = Duration::from_secs(30);

/// What became of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It does what it does natively, in every setup that does not refuse it.
    Passed {
        /// In how many setups it is refused.
        refused: usize,
    },
    /// It is refused in every setup, the first time for this reason.
    Refused {
        /// The code of the diagnostic, or what else kept it from running.
        class: String,
        /// The message.
        message: String,
    },
    /// The host's compiler does not want it, or it fails natively.
    Unsuited,
    /// It is not about C; this is what it is about.
    Foreign(&'static str),
    /// It does something else than natively.
    Mismatch(String),
    /// Compiler or runtime take too long.
    Hang(String),
    /// Compiler or runtime crash.
    Crash(String),
}

impl Verdict {
    fn is_failure(&self) -> bool {
        matches!(
            self,
            Verdict::Mismatch(_) | Verdict::Hang(_) | Verdict::Crash(_)
        )
    }

    /// The row of the table it counts in.
    fn row(&self) -> String {
        match self {
            Verdict::Passed { refused: 0 } => "passed".to_owned(),
            Verdict::Passed { .. } => "passed where not refused".to_owned(),
            Verdict::Refused { class, .. } => format!("refused: {class}"),
            Verdict::Unsuited => "not for this host".to_owned(),
            Verdict::Foreign(_) => "about GCC alone".to_owned(),
            Verdict::Mismatch(_) => "MISMATCH".to_owned(),
            Verdict::Hang(_) => "HANG".to_owned(),
            Verdict::Crash(_) => "CRASH".to_owned(),
        }
    }

    fn detail(&self) -> &str {
        match self {
            Verdict::Passed { .. } | Verdict::Unsuited => "",
            Verdict::Foreign(why) => why,
            Verdict::Refused { message: why, .. }
            | Verdict::Mismatch(why)
            | Verdict::Hang(why)
            | Verdict::Crash(why) => why,
        }
    }
}

/// Judges programs on all cores and prints the table. Each program's verdict is a line of `target/peers/NAME.txt`. Whether
/// all is well.
pub(crate) fn judge_all<P: Sync>(
    name: &str,
    programs: &[P],
    judge: impl Fn(&P, &Path) -> Result<(String, Verdict)> + Sync,
) -> Result<bool> {
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(BTreeMap::new());
    let work = |worker: usize| -> Result<()> {
        let scratch = peers().join(format!("scratch-{}-{worker}", std::process::id()));
        fs::create_dir_all(&scratch)?;
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(program) = programs.get(index)
        {
            let (label, verdict) = judge(program, &scratch)?;
            if verdict.is_failure() {
                say(format_args!(
                    "{} {label}: {}",
                    verdict.row(),
                    verdict.detail()
                ));
            }
            let mut verdicts = verdicts.lock().expect("no worker panics while it inserts");
            verdicts.insert(index, (label, verdict));
        }
        Ok(fs::remove_dir_all(scratch)?)
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, |n| n.get());
        let work = &work;
        let workers: Vec<_> = (0..cores)
            .map(|worker| scope.spawn(move || work(worker)))
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("workers return their errors"))
    })?;
    let verdicts = verdicts.into_inner().expect("all workers have ended well");
    let report = verdicts
        .values()
        .map(|(label, verdict)| format!("{label}\t{}\t{}\n", verdict.row(), verdict.detail()));
    let path = peers().join(format!("{name}.txt"));
    fs::write(&path, report.collect::<String>())
        .with_context(|| format!("cannot write {}", path.display()))?;
    print_table(verdicts.values().map(|(_, verdict)| verdict));
    Ok(!verdicts.values().any(|(_, verdict)| verdict.is_failure()))
}

fn print_table<'a>(verdicts: impl Iterator<Item = &'a Verdict>) {
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    let mut total = 0;
    for verdict in verdicts {
        *rows.entry(verdict.row()).or_default() += 1;
        total += 1;
    }
    for (row, count) in rows {
        say(format_args!("{count:6}  {row}"));
    }
    say(format_args!("{total:6}  programs"));
}

/// Compiles and runs a program in every setup and holds it against what it does natively; ends at the first failure.
pub(crate) fn judge(file: &Path, includes: &Includes, scratch: &Path) -> Result<Verdict> {
    let mut expected = None;
    let mut refusals = Vec::new();
    let mut passed = false;
    for setup in Setup::all() {
        for engine in engines() {
            let actual = match execute(file, includes, setup, engine, scratch)? {
                Outcome::Refused(verdict) => {
                    refusals.push(verdict);
                    break;
                }
                Outcome::Broken(verdict) => return Ok(verdict),
                Outcome::Ran(actual) => actual,
            };
            if expected.is_none() {
                expected = native::observe(file, includes, scratch)?;
            }
            let Some(expected) = &expected else {
                return Ok(Verdict::Unsuited);
            };
            if let Some(mismatch) = compare(expected, &actual, setup, engine) {
                return Ok(mismatch);
            }
            passed = true;
        }
    }
    let refused = refusals.len();
    let first = refusals.into_iter().next();
    Ok(first
        .filter(|_| !passed)
        .unwrap_or(Verdict::Passed { refused }))
}

/// What came of one execution.
enum Outcome {
    /// It did not take place, for a good reason.
    Refused(Verdict),
    /// It did not take place, and it should have.
    Broken(Verdict),
    /// These lines.
    Ran(String),
}

fn execute(
    file: &Path,
    includes: &Includes,
    setup: Setup,
    engine: &str,
    scratch: &Path,
) -> Result<Outcome> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg(execute::TASK)
        .args(setup.words())
        .arg(engine)
        .arg(file);
    for dir in &includes.system {
        command.arg("-isystem").arg(dir);
    }
    for header in &includes.forced {
        command.args(["-include", header]);
    }
    let place = format!("{setup} {engine}");
    Ok(match child::run(&mut command, LIMIT, scratch)? {
        Ending::Timeout => Outcome::Broken(Verdict::Hang(place)),
        Ending::Exit {
            status,
            stdout,
            stderr,
        } if !status.success() => {
            let last = stdout.lines().chain(stderr.lines()).take(3);
            let said: Vec<&str> = last.collect();
            Outcome::Broken(Verdict::Crash(format!(
                "{place}: {status}: {}",
                said.join(" | ")
            )))
        }
        Ending::Exit { stdout, .. } => match refusal(&stdout) {
            Some(verdict) => Outcome::Refused(verdict),
            None => Outcome::Ran(stdout),
        },
    })
}

/// The reason for which a program was not run, from the child's last line.
fn refusal(stdout: &str) -> Option<Verdict> {
    let last = stdout.lines().last()?;
    let refused = |class: &str, message: &str| {
        Some(Verdict::Refused {
            class: class.to_owned(),
            message: message.to_owned(),
        })
    };
    if let Some((code, message)) = last
        .strip_prefix("refused ")
        .and_then(|r| r.split_once(": "))
    {
        return refused(code, message);
    }
    if let Some(message) = last.strip_prefix("unlinked ") {
        return refused("library function", message);
    }
    let message = last.strip_prefix("fault ")?;
    if message.contains("stack frames") {
        return refused("call depth", message);
    }
    if message.contains("budget") {
        return refused("interpreter's budget", message);
    }
    None
}

/// The first difference.
fn compare(expected: &str, actual: &str, setup: Setup, engine: &str) -> Option<Verdict> {
    if expected == actual {
        return None;
    }
    let mut lines = 1;
    let (mut expected, mut actual) = (expected.lines(), actual.lines());
    loop {
        let (natively, here) = (expected.next(), actual.next());
        if natively != here {
            let show = |line: Option<&str>| line.unwrap_or("nothing").to_owned();
            return Some(Verdict::Mismatch(format!(
                "{setup} {engine}: line {lines}: natively `{}`, here `{}`",
                show(natively),
                show(here)
            )));
        }
        lines += 1;
    }
}
