//! What became of a program, and the table over many.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::child::{self, Ending};
use crate::setup::{Includes, Setup, engines, peers, say};
use crate::{execute, native};

/// Time for one compilation and execution: much, since the machine may be busy with others.
const LIMIT: Duration = Duration::from_secs(120);

/// A program and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Judged {
    /// What the program is called.
    pub(crate) label: String,
    /// What became of it.
    pub(crate) verdict: Verdict,
}

/// What became of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It does what it does natively, in every setup that does not refuse it.
    Passed {
        /// In how many setups it is refused.
        refused: usize,
        /// The interpreter did not come to an end, so that only the JIT was compared.
        in_jit_alone: bool,
    },
    /// The compiler refuses it in every setup, the first time for this reason.
    Refused {
        /// The code of the diagnostic.
        class: String,
        /// The message.
        message: String,
    },
    /// It is compiled, but does not run to its end, in every setup.
    NotRun {
        /// What kept it from running.
        class: &'static str,
        /// The message.
        message: String,
    },
    /// It cannot be compared with what it does natively.
    Unsuited(&'static str),
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
    /// Whether the compiler takes the program; `None` if that was not asked.
    pub(crate) fn is_compiled(&self) -> Option<bool> {
        match self {
            Verdict::Foreign(_) => None,
            Verdict::Refused { .. } | Verdict::Hang(_) | Verdict::Crash(_) => Some(false),
            Verdict::Passed { .. } | Verdict::NotRun { .. } => Some(true),
            Verdict::Unsuited(_) | Verdict::Mismatch(_) => Some(true),
        }
    }

    fn is_failure(&self) -> bool {
        matches!(
            self,
            Verdict::Mismatch(_) | Verdict::Hang(_) | Verdict::Crash(_)
        )
    }

    /// The row of the table it counts in.
    fn row(&self) -> String {
        match self {
            Verdict::Passed {
                in_jit_alone: true, ..
            } => "passed in the JIT alone".to_owned(),
            Verdict::Passed { refused: 0, .. } => "passed".to_owned(),
            Verdict::Passed { .. } => "passed where not refused".to_owned(),
            Verdict::Refused { class, .. } => format!("refused: {class}"),
            Verdict::NotRun { class, .. } => format!("compiled, not run: {class}"),
            Verdict::Unsuited(why) => format!("not comparable: {why}"),
            Verdict::Foreign(_) => "about GCC alone".to_owned(),
            Verdict::Mismatch(_) => "MISMATCH".to_owned(),
            Verdict::Hang(_) => "HANG".to_owned(),
            Verdict::Crash(_) => "CRASH".to_owned(),
        }
    }

    fn detail(&self) -> &str {
        match self {
            Verdict::Passed { .. } => "",
            Verdict::Unsuited(why) | Verdict::Foreign(why) => why,
            Verdict::Refused { message: why, .. }
            | Verdict::NotRun { message: why, .. }
            | Verdict::Mismatch(why)
            | Verdict::Hang(why)
            | Verdict::Crash(why) => why,
        }
    }
}

impl Judged {
    /// A verdict that is printed at once if it is a failure.
    pub(crate) fn new(label: String, verdict: Verdict) -> Judged {
        if verdict.is_failure() {
            say(format_args!(
                "{} {label}: {}",
                verdict.row(),
                verdict.detail()
            ));
        }
        Judged { label, verdict }
    }
}

/// Prints the table. Each program's verdict is a line of `target/peers/NAME.txt`. Whether all is well.
pub(crate) fn report<'a>(
    name: &str,
    programs: impl Iterator<Item = &'a Judged> + Clone,
) -> Result<bool> {
    let lines = programs.clone().map(|Judged { label, verdict }| {
        format!("{label}\t{}\t{}\n", verdict.row(), verdict.detail())
    });
    let path = peers().join(format!("{name}.txt"));
    fs::write(&path, lines.collect::<String>())
        .with_context(|| format!("cannot write {}", path.display()))?;
    print_table(programs.clone().map(|judged| &judged.verdict));
    Ok(!programs
        .into_iter()
        .any(|judged| judged.verdict.is_failure()))
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
    let (mut passed, mut in_jit_alone) = (false, false);
    for setup in Setup::all() {
        for engine in engines() {
            let actual = match execute(file, includes, setup, engine, scratch)? {
                Outcome::NotRun(verdict) => {
                    refusals.push(verdict);
                    break;
                }
                Outcome::Broken(verdict) => return Ok(verdict),
                Outcome::OverBudget => None,
                Outcome::Ran(actual) => Some(actual),
            };
            let expected: &String = match &expected {
                Some(known) => known,
                None => match native::observe(file, includes, scratch)? {
                    Ok(lines) => expected.insert(lines),
                    Err(why) => return Ok(Verdict::Unsuited(why)),
                },
            };
            let Some(actual) = actual else {
                in_jit_alone = true;
                continue;
            };
            if let Some(mismatch) = compare(expected, &actual, setup, engine) {
                return Ok(mismatch);
            }
            passed = true;
        }
    }
    let verdict = Verdict::Passed {
        refused: refusals.len(),
        in_jit_alone,
    };
    let first = refusals.into_iter().next();
    Ok(first.filter(|_| !passed).unwrap_or(verdict))
}

/// What came of one execution.
enum Outcome {
    /// It did not take place, for a good reason.
    NotRun(Verdict),
    /// It did not take place, and it should have.
    Broken(Verdict),
    /// The interpreter had enough. Whether the program ends at all, the JIT or the host knows.
    OverBudget,
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
        Ending::Exit { stdout, .. } => outcome(stdout),
    })
}

/// What the child's last line says.
fn outcome(stdout: String) -> Outcome {
    let last = stdout.lines().last().unwrap_or_default();
    let not_run = |class, message: &str| {
        let message = message.to_owned();
        Outcome::NotRun(Verdict::NotRun { class, message })
    };
    if let Some((code, message)) = last
        .strip_prefix("refused ")
        .and_then(|rest| rest.split_once(": "))
    {
        return Outcome::NotRun(Verdict::Refused {
            class: code.to_owned(),
            message: message.to_owned(),
        });
    }
    if let Some(message) = last.strip_prefix("unlinked ") {
        return not_run("library function", message);
    }
    match last.strip_prefix("fault ") {
        Some(message) if message.contains("stack frames") => not_run("call depth", message),
        Some(message) if message.contains("budget") => Outcome::OverBudget,
        _ => Outcome::Ran(stdout),
    }
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
