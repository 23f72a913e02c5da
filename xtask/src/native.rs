//! The host's C compiler, whose programs show what is right.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::child::{self, Ending};
use crate::setup::Includes;

const COMPILE_LIMIT: Duration = Duration::from_secs(60);
const RUN_LIMIT: Duration = Duration::from_secs(5);

/// What the program does natively, in the words of [`execute`](crate::execute), or why that cannot be said.
pub(crate) fn observe(
    file: &Path,
    includes: &Includes,
    scratch: &Path,
) -> Result<std::result::Result<String, &'static str>> {
    let binary = scratch.join("native");
    let mut compiler = Command::new("cc");
    compiler.args(["-w", "-O1", "-fwrapv", "-fno-strict-aliasing", "-o"]);
    compiler.arg(&binary).arg("-I").arg(includes.own());
    for dir in &includes.system {
        compiler.arg("-isystem").arg(dir);
    }
    compiler.arg(file).arg("-lm");
    let Ending::Exit { status, .. } = child::run(&mut compiler, COMPILE_LIMIT, scratch)? else {
        bail!("cc takes too long to compile {}", file.display());
    };
    if !status.success() {
        return Ok(Err("the host's compiler refuses it"));
    }
    match child::run(&mut Command::new(&binary), RUN_LIMIT, scratch)? {
        Ending::Exit { status, stdout, .. } => {
            let code = status.code().ok_or("it crashes natively");
            Ok(code.map(|code| lines(&stdout, code)))
        }
        Ending::Timeout => Ok(Err("it does not end natively")),
    }
}

/// Only what was observed counts, not what else was printed.
fn lines(stdout: &str, code: i32) -> String {
    let observed = stdout.lines().filter(|line| line.starts_with("observe "));
    let all = observed.map(|line| format!("{line}\n"));
    all.collect::<String>() + &format!("exit {code}\n")
}
