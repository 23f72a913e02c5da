//! Writing results and messages.

use std::fmt;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result};
use bpfcc::{Compilation, json, render};

use super::options::{Colour, Format, MessageArgs};

/// The program was refused, and the diagnostics that say why have been printed.
#[derive(Debug)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the program was refused")
    }
}

impl std::error::Error for Refused {}

/// Prints an error of the command, unless diagnostics have said it already.
pub(crate) fn report(error: &anyhow::Error) {
    if !error.is::<Refused>() {
        eprintln!("bpfcc: {error:#}");
    }
}

/// Prints the diagnostics of a compilation and gives its result, if there is one.
pub(crate) fn finish<T>(compilation: Compilation<T>, messages: &MessageArgs) -> Result<T> {
    match messages.diagnostics {
        Format::Text => print_text(&compilation, messages),
        Format::Json => print_json(&compilation),
    }
    compilation.result.ok_or_else(|| Refused.into())
}

/// Editors read all of them.
fn print_json<T>(compilation: &Compilation<T>) {
    for diagnostic in &compilation.diagnostics {
        eprintln!("{}", json::diagnostic(&compilation.sources, diagnostic));
    }
}

fn print_text<T>(compilation: &Compilation<T>, messages: &MessageArgs) {
    let colour = match messages.color {
        Colour::Auto => io::stderr().is_terminal(),
        Colour::Always => true,
        Colour::Never => false,
    };
    let limit = match messages.error_limit {
        0 => usize::MAX,
        limit => limit,
    };
    for diagnostic in compilation.diagnostics.iter().take(limit) {
        eprintln!(
            "{}\n",
            render::diagnostic(&compilation.sources, diagnostic, colour)
        );
    }
    if let Some(more @ 1..) = compilation.diagnostics.len().checked_sub(limit) {
        eprintln!("bpfcc: {more} more messages are not shown");
    }
}

/// Writes to standard error, where people and Makefiles read what is not the result.
pub(crate) fn say(text: &str) -> Result<()> {
    let written = io::stderr().lock().write_all(text.as_bytes());
    written.context("cannot write to standard error")
}

/// Writes to standard output; a reader that went away (`| head`) is not an error.
pub(crate) fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

/// Writes a file, or standard output for `-`. A file is written beside its place and then moved there, so that it is never
/// half-written and an existing one stays untouched until the new one is complete.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let result = match path {
        dash if dash == Path::new("-") => io::stdout().lock().write_all(bytes),
        special if fs::metadata(special).is_ok_and(|m| !m.is_file()) => fs::write(special, bytes),
        file => replace(file, bytes),
    };
    result.with_context(|| format!("cannot write `{}`", path.display()))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    fs::write(&temporary, bytes)
        .and_then(|()| fs::rename(&temporary, path))
        .inspect_err(|_| {
            // Best effort: the first error is the one to report.
            let _ = fs::remove_file(&temporary);
        })
}
