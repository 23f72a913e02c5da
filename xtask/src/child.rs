//! A process with a limit on its time.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// What became of a process.
pub(crate) enum Ending {
    /// It ended by itself.
    Exit {
        /// How.
        status: ExitStatus,
        /// What it printed.
        stdout: String,
        /// What it complained about.
        stderr: String,
    },
    /// It was killed when its time was over.
    Timeout,
}

/// Runs the command and collects its output, which goes through files of the directory `scratch`: a full pipe would stop a process that nobody reads.
pub(crate) fn run(command: &mut Command, limit: Duration, scratch: &Path) -> Result<Ending> {
    let create = |name| File::create(scratch.join(name)).context("cannot write to target/peers");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(create("stdout")?)
        .stderr(create("stderr")?)
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let start = Instant::now();
    let mut pause = Duration::from_micros(500);
    loop {
        if let Some(status) = child.try_wait()? {
            let read = |name| -> Result<String> {
                let bytes = fs::read(scratch.join(name))?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            };
            return Ok(Ending::Exit {
                status,
                stdout: read("stdout")?,
                stderr: read("stderr")?,
            });
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(Ending::Timeout);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}
