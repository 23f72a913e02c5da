//! What the machines said, as a table of cases and kernels.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::case::Case;
use super::machine::Machine;

/// What became of one object on one kernel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Outcome {
    /// The name of the case.
    pub(crate) case: String,
    /// Case, level and instruction set.
    pub(crate) label: String,
    /// Why it failed, if it did, with what the kernel's checker had to say.
    pub(crate) failure: Option<String>,
    /// Whether it was refused, where that is no failure.
    is_refused: bool,
}

impl Outcome {
    fn of(label: &str) -> Outcome {
        Outcome {
            case: case_of(label).to_owned(),
            label: label.to_owned(),
            failure: None,
            is_refused: false,
        }
    }

    /// One that failed.
    pub(crate) fn failed(label: &str, why: &str) -> Outcome {
        Outcome {
            failure: Some(why.to_owned()),
            ..Outcome::of(label)
        }
    }

    /// One that was refused, by the compiler or the kernel, where that is no failure.
    pub(crate) fn refused(label: &str) -> Outcome {
        Outcome {
            is_refused: true,
            ..Outcome::of(label)
        }
    }
}

/// The row of a label: `tracepoint` of `tracepoint-O1-v3`, `random` of `random/7-O1-v3`.
fn case_of(label: &str) -> &str {
    match label.split_once('/') {
        Some((batch, _)) => batch,
        None => label.rsplitn(3, '-').last().unwrap_or(label),
    }
}

/// The outcomes that an agent printed.
pub(crate) fn read_console(text: &str) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(label) = line.strip_prefix("ok ") {
            outcomes.push(Outcome::of(label));
        } else if let Some(label) = line.strip_prefix("refused ") {
            outcomes.push(Outcome::refused(label));
        } else if let Some((label, why)) = line
            .strip_prefix("FAIL ")
            .and_then(|rest| rest.split_once(": "))
        {
            outcomes.push(Outcome::failed(label, why));
        } else if let Some(log) = line.strip_prefix("# ")
            && let Some(why) = outcomes.last_mut().and_then(|last| last.failure.as_mut())
        {
            *why += "\n        ";
            *why += log;
        }
    }
    outcomes
}

/// Takes out the cases that must fail. If one of them passes, nothing that the laboratory says can be believed.
pub(crate) fn judge_canaries(outcomes: &mut Vec<Outcome>, canaries: &[Case]) -> Result<()> {
    for canary in canaries {
        let mut seen = outcomes
            .iter()
            .filter(|outcome| outcome.case == canary.name)
            .peekable();
        if seen.peek().is_none() {
            bail!("the canary {} was not run", canary.name);
        }
        if let Some(outcome) = seen.find(|outcome| outcome.failure.is_none()) {
            bail!(
                "{} passes, though it is broken: the laboratory sees nothing",
                outcome.label
            );
        }
    }
    outcomes.retain(|outcome| !canaries.iter().any(|canary| canary.name == outcome.case));
    Ok(())
}

/// All outcomes, by the name of the boot.
pub(crate) struct Results {
    /// The table's rows: name, and what it shows.
    rows: Vec<(String, String)>,
    boots: Vec<(String, BTreeMap<String, Vec<Outcome>>)>,
}

impl Results {
    /// Sorts the outcomes by case.
    pub(crate) fn new(
        rows: Vec<(String, String)>,
        outcomes: Vec<(String, Vec<Outcome>)>,
    ) -> Results {
        let by_case = |outcomes: Vec<Outcome>| {
            let mut map: BTreeMap<String, Vec<Outcome>> = BTreeMap::new();
            for outcome in outcomes {
                map.entry(outcome.case.clone()).or_default().push(outcome);
            }
            map
        };
        let boots = outcomes
            .into_iter()
            .map(|(name, outcomes)| (name, by_case(outcomes)))
            .collect();
        Results { rows, boots }
    }

    fn failures(&self) -> impl Iterator<Item = (&str, &Outcome)> {
        self.boots.iter().flat_map(|(name, cases)| {
            let outcomes = cases
                .values()
                .flatten()
                .filter(|outcome| outcome.failure.is_some());
            outcomes.map(|outcome| (name.as_str(), outcome))
        })
    }

    /// Whether everything passed.
    pub(crate) fn is_good(&self) -> bool {
        self.failures().next().is_none()
    }

    /// `passed of all` of one case on one kernel; nothing where the kernel is too old.
    fn cell(&self, row: &str, outcomes: &BTreeMap<String, Vec<Outcome>>) -> String {
        let Some(outcomes) = outcomes.get(row) else {
            return "—".to_owned();
        };
        let count =
            |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
        let failed = count(|outcome| outcome.failure.is_some());
        let refused = count(|outcome| outcome.is_refused);
        let tried = outcomes.len() - refused;
        let passed = match failed {
            0 => tried.to_string(),
            _ => format!("{} of {tried}", tried - failed),
        };
        match refused {
            0 => passed,
            _ => format!("{passed} ({refused})"),
        }
    }

    /// Rows of the table: the first names the columns.
    fn rows(&self) -> Vec<Vec<String>> {
        let mut head = vec!["case".to_owned()];
        head.extend(self.boots.iter().map(|(name, _)| name.clone()));
        let mut rows = vec![head];
        for (name, _) in &self.rows {
            let mut row = vec![name.clone()];
            row.extend(
                self.boots
                    .iter()
                    .map(|(_, outcomes)| self.cell(name, outcomes)),
            );
            rows.push(row);
        }
        rows
    }

    /// Writes the table into the documentation, between its two markers.
    pub(crate) fn write(&self, path: &Path, machine: &Machine) -> Result<()> {
        let begin = format!("<!-- {} begin -->\n", machine.architecture);
        let end = format!("<!-- {} end -->", machine.architecture);
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let start = text
            .find(&begin)
            .context("the page has no place for the table")?
            + begin.len();
        let stop = text
            .find(&end)
            .context("the page has no end of the table")?;
        let page = format!("{}{}{}", &text[..start], self.markdown(), &text[stop..]);
        Ok(std::fs::write(path, page)?)
    }

    fn markdown(&self) -> String {
        let mut text = String::new();
        for (index, mut row) in self.rows().into_iter().enumerate() {
            let about = match index {
                0 => "what it shows".to_owned(),
                _ => self.rows[index - 1].1.clone(),
            };
            row.push(about);
            text += &format!("| {} |\n", row.join(" | "));
            if index == 0 {
                text += &format!("|{}\n", "---|".repeat(row.len()));
            }
        }
        text
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in self.rows() {
            write!(f, "{:24}", row[0])?;
            for cell in &row[1..] {
                write!(f, " {cell:>11}")?;
            }
            writeln!(f)?;
        }
        let mut reasons: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for (boot, outcome) in self.failures() {
            let why = outcome.failure.as_deref().unwrap_or_default();
            let place = format!("{} on {boot}", outcome.label);
            reasons.entry((&outcome.case, why)).or_default().push(place);
        }
        for ((_, why), places) in reasons {
            let others = match places.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            writeln!(f, "\nFAIL {}{others}: {why}", places[0])?;
        }
        let boots: Vec<&str> = self.boots.iter().map(|(name, _)| name.as_str()).collect();
        let verdict = if self.is_good() { "PASS" } else { "FAIL" };
        write!(f, "\n{verdict} on Linux {}", boots.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, read_console};

    #[test]
    fn the_console_is_read() {
        let text = "noise\r\nok ring-buffer-O0-v1\r\nrefused random/7-O1-v3\r\n\
                    FAIL xdp-O1-v3: the kernel refuses it: Permission denied\n# R1 type=inv\n[ 1.0] noise\n";
        let outcomes = read_console(text);
        let bad = "the kernel refuses it: Permission denied\n        R1 type=inv";
        let expected = [
            Outcome::of("ring-buffer-O0-v1"),
            Outcome::refused("random/7-O1-v3"),
            Outcome::failed("xdp-O1-v3", bad),
        ];
        assert_eq!(outcomes, expected);
        let rows: Vec<&str> = outcomes
            .iter()
            .map(|outcome| outcome.case.as_str())
            .collect();
        assert_eq!(rows, ["ring-buffer", "random", "xdp"]);
    }
}
