//! A case of the laboratory: a program under `lab/cases`, and in its comments what to do with it.
//!
//! ```c
//! // kernel: 5.10            the oldest that has what it needs
//! // needs: jit              it cannot be interpreted
//! // flags: -mcpu=v3         for the compiler, besides those that vary
//! // lab: attach             commands of lab/agent.c, after it has opened and loaded the object
//! // lab: trigger drop 5
//! // lab: var drops >= 5
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bpfcc::Version;

/// A program and what to do with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Case {
    /// The file's name without its ending.
    pub(crate) name: String,
    /// The program.
    pub(crate) file: PathBuf,
    /// The first line of its comment: what it shows.
    pub(crate) about: String,
    /// The oldest kernel that has what it needs.
    pub(crate) since: Version,
    /// Architectures on which it means something; empty for all.
    pub(crate) architectures: Vec<String>,
    /// Whether only translated programs may do it: the kernel's interpreter knows no calls of its functions, and no callbacks.
    pub(crate) needs_jit: bool,
    /// For the compiler.
    pub(crate) flags: Vec<String>,
    /// Commands for the agent before it loads the object, and from there on.
    pub(crate) before: Vec<String>,
    /// See `before`.
    pub(crate) after: Vec<String>,
}

/// All cases of a folder whose name contains the filter.
pub(crate) fn read_all(folder: &Path, filter: &str) -> Result<Vec<Case>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut cases = Vec::new();
    for entry in entries {
        let file = entry?.path();
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if file.extension().is_some_and(|ending| ending == "c") && name.contains(filter) {
            let text = fs::read_to_string(&file)?;
            let case = Case::parse(name, file.clone(), &text);
            cases.push(case.with_context(|| format!("in {}", file.display()))?);
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

impl Case {
    fn parse(name: String, file: PathBuf, text: &str) -> Result<Case> {
        let about = text.lines().next().unwrap_or_default();
        let mut case = Case {
            name,
            file,
            about: about.trim_start_matches(['/', ' ']).to_owned(),
            since: Version::FIRST,
            architectures: Vec::new(),
            needs_jit: false,
            flags: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
        };
        for line in text.lines() {
            let Some((key, value)) = line
                .strip_prefix("// ")
                .and_then(|rest| rest.split_once(": "))
            else {
                continue;
            };
            let words = || value.split_whitespace().map(str::to_owned);
            match key {
                "kernel" => {
                    case.since = Version::parse(value).context("a kernel is `MAJOR.MINOR`")?
                }
                "only" => case.architectures.extend(words()),
                "needs" if value == "jit" => case.needs_jit = true,
                "needs" => bail!("what a case can need is `jit`"),
                "flags" => case.flags.extend(words()),
                "lab" => case.command(value),
                _ => {}
            }
        }
        if case.since == Version::FIRST || case.after.is_empty() {
            bail!("a case needs `// kernel:` and `// lab:` lines");
        }
        Ok(case)
    }

    fn command(&mut self, command: &str) {
        let word = command.split(' ').next();
        match word {
            Some("skip-program") => self.before.push(command.to_owned()),
            _ => self.after.push(command.to_owned()),
        }
    }

    /// Lines for the agent. Whoever expects a refusal says so instead of `load`.
    pub(crate) fn script(&self, label: &str, object: &str) -> String {
        let is_refused = self
            .after
            .iter()
            .any(|command| command.starts_with("refuse"));
        let mut lines = vec![format!("case {label}"), format!("open {object}")];
        lines.extend(self.before.iter().cloned());
        if !is_refused {
            lines.push("load".to_owned());
        }
        lines.extend(self.after.iter().cloned());
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, Version};

    const TEXT: &str = "// Counts.\n// kernel: 5.10\n// flags: -mcpu=v3 -w\n// lab: attach\n// lab: var n >= 5\nint n;\n";

    fn parse(text: &str) -> anyhow::Result<Case> {
        Case::parse("count".to_owned(), "count.c".into(), text)
    }

    #[test]
    fn directives_are_read() {
        let case = parse(TEXT).expect("it is a case");
        assert_eq!(case.about, "Counts.");
        assert_eq!(Some(case.since), Version::parse("5.10"));
        assert_eq!(case.flags, ["-mcpu=v3", "-w"]);
        let script = case.script("count/O1", "/cases/a.o");
        assert_eq!(
            script,
            "case count/O1\nopen /cases/a.o\nload\nattach\nvar n >= 5\n"
        );
    }

    #[test]
    fn a_case_that_checks_nothing_is_refused() {
        assert!(parse("// Nothing.\nint n;\n").is_err());
    }
}
