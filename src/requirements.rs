//! What a program needs of the kernel, for people: the table of `--report=kernel`, and the errors of `--kernel`.
//!
//! Both look at the finished object, so they say what *is* needed, not what might be: a loop that was written out needs
//! nothing.

use bpfcc_frontend::diagnostic::{Diagnostic, Severity};
use bpfcc_frontend::source::{Sources, Span};
use bpfcc_isa::helpers::{Helper, helper_by_id};
use bpfcc_isa::kernel::{Feature, Version};
use bpfcc_object::Object;
use bpfcc_object::ext::LineInfo;
use bpfcc_object::needs::{Need, What};
use serde_json::json;

use crate::render;

/// What an object needs, newest first, each with the line of the source that needs it first.
#[derive(Clone, PartialEq, Debug)]
pub struct Requirements {
    needs: Vec<(Need, Option<LineInfo>)>,
}

impl Requirements {
    /// What an object needs.
    pub fn of(object: &Object) -> Requirements {
        let needs = object.needs().into_iter().map(|need| {
            let line = need.place.and_then(|place| object.line_at(place));
            (need, line.cloned())
        });
        Requirements {
            needs: needs.collect(),
        }
    }

    /// The oldest kernel that has all of it; `None` if no release is known to.
    pub fn kernel(&self) -> Option<Version> {
        let mut oldest = Version::FIRST;
        for (need, _) in &self.needs {
            oldest = oldest.max(need.since?);
        }
        Some(oldest)
    }

    /// Older kernels that might do, if other instructions are chosen; the oldest first.
    pub fn older_kernels(&self) -> Vec<Version> {
        let hard = self.needs.iter().filter(|(need, _)| !is_choice(&need.what));
        let hard = Requirements {
            needs: hard.cloned().collect(),
        };
        let (Some(least), Some(now)) = (hard.kernel(), self.kernel()) else {
            return Vec::new();
        };
        let needed = self.needs.iter().filter_map(|(need, _)| need.since);
        let mut versions: Vec<Version> = needed.chain([least]).collect();
        versions.retain(|&version| least <= version && version < now);
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    /// An error for each thing that a kernel lacks.
    pub(crate) fn errors(&self, sources: &Sources, kernel: Version) -> Vec<Diagnostic> {
        let lacks = |need: &Need| need.since.is_none_or(|since| since > kernel);
        let lacking = self.needs.iter().filter(|(need, _)| lacks(need));
        let errors = lacking.map(|(need, line)| {
            let span = line.as_ref().and_then(|line| span(sources, need, line));
            let came = match need.since {
                Some(since) => format!("came with Linux {since}"),
                None => "is in no release of Linux".to_owned(),
            };
            let message = format!("{} {came}; the program is to load into {kernel}", need.what);
            let error = Diagnostic::error(span, message).code("kernel");
            error.help(way_out(need))
        });
        let mut errors: Vec<Diagnostic> = errors.collect();
        errors.sort_by_key(|error| error.span.map(|span| span.start));
        errors
    }

    /// The table and what it comes to, for people. `hint` says how the program would load into an older kernel.
    pub fn text(&self, name: &str, hint: Option<&str>, colour: bool) -> String {
        let mut rows = vec![[
            "since".to_owned(),
            "needs".to_owned(),
            "first at".to_owned(),
        ]];
        rows.extend(self.needs.iter().map(|(need, line)| {
            let place = line
                .as_ref()
                .map(|line| format!("{}:{}", line.file, line.line));
            [
                version(need.since),
                need.what.to_string(),
                place.unwrap_or_default(),
            ]
        }));
        let mut text = format!("{name} {}\n", self.verdict());
        if let Some(hint) = hint {
            text += &format!("{hint}\n");
        }
        if self.needs.is_empty() {
            return text;
        }
        text += "\n";
        text += &columns(&rows);
        let newest = self.needs.first().filter(|(_, line)| line.is_some());
        if let Some((need, Some(line))) = newest {
            text += &format!("\n{}\n", snippet(need, line, colour));
        }
        text
    }

    fn verdict(&self) -> String {
        match self.kernel() {
            Some(version) => format!("loads from Linux {version} on"),
            None => "loads into no release of Linux".to_owned(),
        }
    }

    /// One object for programs.
    pub fn json(&self, name: &str, hint: Option<&str>) -> String {
        let needs = self.needs.iter().map(|(need, line)| {
            let line = line.as_ref();
            json!({
                "what": need.what.to_string(),
                "since": need.since.map(|since| since.to_string()),
                "file": line.map(|line| &line.file),
                "line": line.map(|line| line.line),
                "column": line.map(|line| line.column),
            })
        });
        let needs: Vec<_> = needs.collect();
        let kernel = self.kernel().map(|version| version.to_string());
        json!({ "file": name, "kernel": kernel, "hint": hint, "needs": needs }).to_string()
    }
}

/// Whether `--kernel` and `-mcpu` can do without it.
fn is_choice(what: &What) -> bool {
    let What::Feature(feature) = what else {
        return false;
    };
    matches!(
        feature,
        Feature::LessThanJumps
            | Feature::LocalCalls
            | Feature::Jump32
            | Feature::Loops
            | Feature::TailCallsBesideCalls
            | Feature::SignedDivision
            | Feature::SignExtension
            | Feature::Bswap
            | Feature::LongJump
    )
}

fn way_out(need: &Need) -> String {
    let other = match &need.what {
        What::Feature(feature) => feature.way_out(),
        What::Helper(_) | What::Kfunc(_) if need.since.is_none() => "compile with `--target=linux`",
        What::Helper(_) | What::Kfunc(_) => "use an older helper",
        What::Map(..) => "use an older type of map",
        What::MapFlags(..) => "leave the newest flag out",
        What::Section(_) => "attach the program in an older way",
    };
    match need.since {
        Some(since) => format!("{other}; or give `--kernel={since}`"),
        None => other.to_owned(),
    }
}

fn version(since: Option<Version>) -> String {
    since.map_or_else(|| "none".to_owned(), |since| since.to_string())
}

/// The place in a file that was compiled.
fn span(sources: &Sources, need: &Need, line: &LineInfo) -> Option<Span> {
    let (id, file) = sources.files().find(|(_, file)| file.path() == line.file)?;
    let lines = file.text().split_inclusive('\n');
    let start: usize = lines
        .take((line.line as usize).checked_sub(1)?)
        .map(str::len)
        .sum();
    let text = file.text().get(start..)?.lines().next()?;
    let (from, to) = part(&need.what, text);
    Some(sources.span(id, (start + from) as u32, (start + to) as u32))
}

/// What of a line needs something: its name if it is there, else all of it. Line information knows no more than the line.
fn part(what: &What, line: &str) -> (usize, usize) {
    let name = match what {
        What::Helper(id) => helper_by_id(*id).map(Helper::name),
        What::Kfunc(name) | What::Map(name, _) | What::MapFlags(name, _) => Some(name.as_str()),
        What::Section(_) | What::Feature(_) => None,
    };
    if let Some((name, from)) = name.and_then(|name| Some((name, line.find(name)?))) {
        return (from, from + name.len());
    }
    let indent = line.len() - line.trim_start().len();
    let comment = ["//", "/*"].iter().filter_map(|start| line.find(start));
    let end = comment
        .min()
        .filter(|&at| at > indent)
        .unwrap_or(line.len());
    (indent, line[..end].trim_end().len().max(indent))
}

/// The line that needs the newest, drawn like a diagnostic. An object carries its text.
fn snippet(need: &Need, line: &LineInfo, colour: bool) -> String {
    let mut sources = Sources::new();
    let before = "\n".repeat((line.line as usize).saturating_sub(1));
    sources.add_virtual(line.file.as_str(), before + &line.text + "\n");
    let since = match need.since {
        Some(since) => format!("since Linux {since}"),
        None => "in no release of Linux".to_owned(),
    };
    let note = Diagnostic {
        severity: Severity::Note,
        ..Diagnostic::warning(
            span(&sources, need, line),
            format!("{}: {since}", need.what),
        )
    };
    render::diagnostic(&sources, &note, colour)
}

/// Flush left, with a rule under the first row.
fn columns(rows: &[[String; 3]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    let line = |cells: &[String; 3]| {
        let [a, b, c] = widths;
        let text = format!("  {:<a$}  {:<b$}  {:<c$}", cells[0], cells[1], cells[2]);
        text.trim_end().to_owned() + "\n"
    };
    let rule = widths.map(|width| "─".repeat(width));
    let mut lines = rows.iter().map(line);
    let head = lines.next().unwrap_or_default();
    head + &line(&rule) + &lines.collect::<String>()
}
