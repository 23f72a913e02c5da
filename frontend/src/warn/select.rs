//! Which warnings the user wants, and where: options of the command line, and `#pragma GCC diagnostic` (or `clang`).

use std::collections::HashMap;
use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::pp::TokenStream;
use crate::sema::closest;
use crate::source::{FileId, Sources, Span};

use super::table::{ELSEWHERE, Group, OTHER_NAMES, WARNINGS, find};

/// An option of the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Switch {
    /// `-Wall`, `-Wno-all`.
    All(bool),
    /// `-Wextra`, `-Wno-extra`.
    Extra(bool),
    /// `-Weverything`.
    Everything,
    /// `-Werror`, `-Wno-error`.
    Error(bool),
    /// `-w`.
    None,
    /// `-WNAME` and its like; several if the name stands for a group.
    Named(Vec<(&'static str, Level)>),
    /// What other compilers understand.
    Ignored,
    /// No warning has this name; the closest one that has.
    Unknown(String, Option<&'static str>),
}

/// What is to become of one warning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// `-Wno-NAME`.
    Off,
    /// `-WNAME`.
    On,
    /// `-Werror=NAME`.
    Fatal,
    /// `-Wno-error=NAME`.
    NotFatal,
}

impl Switch {
    /// What stands behind `-W`.
    pub fn parse(text: &str) -> Switch {
        match text {
            "all" | "most" => return Switch::All(true),
            "no-all" | "no-most" => return Switch::All(false),
            "extra" => return Switch::Extra(true),
            "no-extra" => return Switch::Extra(false),
            "everything" => return Switch::Everything,
            "error" => return Switch::Error(true),
            "no-error" => return Switch::Error(false),
            _ => {}
        }
        // `-Wa,…` and its like are for the other tools that a compiler calls.
        if text.contains(',') {
            return Switch::Ignored;
        }
        let prefixes = [
            ("no-error=", Level::NotFatal),
            ("error=", Level::Fatal),
            ("no-", Level::Off),
        ];
        let with_prefix = prefixes
            .into_iter()
            .find_map(|(prefix, level)| Some((text.strip_prefix(prefix)?, level)));
        let (name, level) = with_prefix.unwrap_or((text, Level::On));
        // `-Wimplicit-fallthrough=3`.
        let name = name.split_once('=').map_or(name, |(name, _)| name);
        let names = named(name);
        if !names.is_empty() {
            return Switch::Named(names.into_iter().map(|name| (name, level)).collect());
        }
        if ELSEWHERE.contains(&name) {
            return Switch::Ignored;
        }
        let rows = WARNINGS.iter().map(|row| row.name);
        let known = rows.chain(OTHER_NAMES.iter().map(|(name, _)| *name));
        match closest(name, known) {
            // What is not known need not be switched off.
            None if level == Level::Off => Switch::Ignored,
            close => Switch::Unknown(text.to_owned(), close),
        }
    }
}

/// The warnings that a name stands for.
fn named(name: &str) -> Vec<&'static str> {
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    match (find(name), other) {
        (Some(row), _) => vec![row.name],
        (None, Some((_, meant))) => meant.to_vec(),
        (None, None) => Vec::new(),
    }
}

/// Which warnings the user wants.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    all: bool,
    extra: bool,
    everything: bool,
    error: bool,
    none: bool,
    /// Warnings switched one by one, the last word last. They count whatever the groups say.
    named: Vec<(&'static str, Level)>,
    unknown: Vec<Diagnostic>,
}

impl Selection {
    /// Follows an option.
    pub fn set(&mut self, switch: Switch) {
        match switch {
            Switch::All(on) => self.all = on,
            Switch::Extra(on) => self.extra = on,
            Switch::Everything => self.everything = true,
            Switch::Error(on) => self.error = on,
            Switch::None => self.none = true,
            Switch::Named(levels) => self.named.extend(levels),
            Switch::Ignored => {}
            Switch::Unknown(text, close) => self.unknown.push(unknown(&text, close)),
        }
    }

    /// Leaves out warnings that nobody wants, those about system headers, and what has been said already; makes errors of
    /// the others if asked to.
    pub fn apply(
        &self,
        sources: &Sources,
        regions: &Regions,
        diagnostics: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let all = self.unknown.iter().cloned().chain(diagnostics);
        let chosen = all.filter_map(|diagnostic| self.chosen(sources, regions, diagnostic));
        let mut said = HashSet::new();
        chosen
            .filter(|diagnostic| said.insert((diagnostic.span, diagnostic.message.clone())))
            .collect()
    }

    fn chosen(
        &self,
        sources: &Sources,
        regions: &Regions,
        diagnostic: Diagnostic,
    ) -> Option<Diagnostic> {
        if diagnostic.severity != Severity::Warning {
            return Some(diagnostic);
        }
        let in_system = |span: Span| sources.is_system(span);
        let row = diagnostic.code.and_then(find);
        let may_be_silent = row.is_none_or(|row| row.group != Group::Error);
        if may_be_silent && (self.none || diagnostic.span.is_some_and(in_system)) {
            return None;
        }
        let (wanted, fatal) = match row {
            None => (true, self.error),
            Some(row) => {
                let here = diagnostic.span.map(|span| regions.levels(span));
                let here = here.unwrap_or_default();
                let levels = || self.named.iter().chain(here);
                let mut of_row = levels().filter(|(name, _)| *name == row.name);
                let named = of_row.clone().rfind(|(_, level)| *level != Level::NotFatal);
                let last = of_row.next_back().map(|(_, level)| *level);
                let wanted = match named {
                    Some((_, level)) => *level != Level::Off,
                    None => self.wants_group(row.group),
                };
                let fatal = match last {
                    Some(Level::Fatal) => true,
                    Some(Level::NotFatal) => false,
                    // The command line may be written for a compiler that has more warnings.
                    _ if row.name == UNKNOWN => false,
                    _ => self.error || row.group == Group::Error,
                };
                (wanted, fatal)
            }
        };
        wanted.then_some(match fatal {
            true => Diagnostic {
                severity: Severity::Error,
                ..diagnostic
            },
            false => diagnostic,
        })
    }

    fn wants_group(&self, group: Group) -> bool {
        match group {
            Group::Error | Group::Default => true,
            Group::All => self.all || self.everything,
            Group::Extra => self.extra || self.everything,
            Group::Off => self.everything,
        }
    }
}

const UNKNOWN: &str = "unknown-warning-option";

fn unknown(text: &str, close: Option<&str>) -> Diagnostic {
    let warning =
        Diagnostic::warning(None, format!("there is no warning `-W{text}`")).code(UNKNOWN);
    match close {
        Some(close) => warning.help(format!("did you mean `{close}`?")),
        None => warning.help("docs/diagnostics.md lists the warnings"),
    }
}

/// Where the program itself switches warnings.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// Before which token of the program this holds from on.
    changes: Vec<(usize, Vec<(&'static str, Level)>)>,
    /// For each file where its tokens start to follow each other without a change between them: the place and the position in
    /// the program.
    positions: HashMap<FileId, Vec<(u32, usize)>>,
}

impl Regions {
    /// Reads the pragmas of a preprocessed program.
    pub fn new(stream: &TokenStream) -> Regions {
        let mut regions = Regions::default();
        let mut levels: Vec<(&'static str, Level)> = Vec::new();
        let mut stack = Vec::new();
        for pragma in &stream.pragmas {
            let words = pragma.tokens.iter();
            let words: Vec<&str> = words.map(|token| stream.names.text(token.text)).collect();
            let ["GCC" | "clang", "diagnostic", action, names @ ..] = words.as_slice() else {
                continue;
            };
            let level = match *action {
                "push" => {
                    stack.push(levels.len());
                    continue;
                }
                "pop" => {
                    levels.truncate(stack.pop().unwrap_or(0));
                    None
                }
                "ignored" => Some(Level::Off),
                "warning" => Some(Level::On),
                "error" | "fatal" => Some(Level::Fatal),
                _ => continue,
            };
            for name in names {
                let name = name.trim_matches('"').trim_start_matches("-W");
                let named = named(name).into_iter();
                levels.extend(named.flat_map(|name| level.map(|level| (name, level))));
            }
            regions.changes.push((pragma.position, levels.clone()));
        }
        if !regions.changes.is_empty() {
            regions.place(stream);
        }
        regions
    }

    fn place(&mut self, stream: &TokenStream) {
        let mut changes = self.changes.iter().map(|&(from, _)| from).peekable();
        let mut last: Option<Span> = None;
        // Whether there was a change at the last place, that of a macro perhaps: what stands behind it starts anew.
        let mut has_changed = false;
        for (position, token) in stream.tokens.iter().enumerate() {
            let written = stream.expansions.written_at(token.span, token.expansion);
            let mut changes_here = false;
            while changes.next_if(|&from| from <= position).is_some() {
                changes_here = true;
            }
            let stays =
                last.is_some_and(|last| (last.file, last.start) == (written.file, written.start));
            let follows = last.is_some_and(|last| {
                last.file == written.file && last.start <= written.start && (stays || !has_changed)
            });
            if changes_here || !follows {
                let places = self.positions.entry(written.file).or_default();
                places.push((written.start, position));
            }
            has_changed = changes_here || (stays && has_changed);
            last = Some(written);
        }
        for places in self.positions.values_mut() {
            places.sort_unstable();
        }
    }

    /// What the pragmas before a place say, the last word last.
    ///
    /// All tokens of a macro's body stand where the macro is used, and a diagnostic does not say which of them it means. If
    /// the body switches warnings, then for the sake of what can be warned about in it.
    fn levels(&self, span: Span) -> &[(&'static str, Level)] {
        let Some(places) = self.positions.get(&span.file) else {
            return &[];
        };
        let behind = places.partition_point(|&(start, _)| start <= span.start);
        let Some(&(nearest, _)) = places[..behind].last() else {
            return self.levels_at(places.first().map_or(0, |&(_, position)| position));
        };
        let from = places.partition_point(|&(start, _)| start < nearest);
        places[from..behind]
            .iter()
            .map(|&(_, position)| self.levels_at(position))
            .max_by_key(|levels| levels.len())
            .unwrap_or_default()
    }

    /// What the pragmas before a token of the program say.
    fn levels_at(&self, position: usize) -> &[(&'static str, Level)] {
        let passed = self.changes.partition_point(|&(from, _)| from <= position);
        match passed.checked_sub(1) {
            Some(last) => &self.changes[last].1,
            None => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_spelled_as_in_other_compilers() {
        let named = |name, level| Switch::Named(vec![(name, level)]);
        assert_eq!(Switch::parse("all"), Switch::All(true));
        assert_eq!(Switch::parse("no-format"), named("format", Level::Off));
        assert_eq!(Switch::parse("format=2"), named("format", Level::On));
        assert_eq!(Switch::parse("error=format"), named("format", Level::Fatal));
        assert_eq!(
            Switch::parse("no-error=format"),
            named("format", Level::NotFatal)
        );
        assert_eq!(
            Switch::parse("sometimes-uninitialized"),
            named("maybe-uninitialized", Level::On)
        );
        assert_eq!(Switch::parse("pointer-sign"), Switch::Ignored);
        assert_eq!(Switch::parse("no-such-thing-at-all"), Switch::Ignored);
        assert_eq!(
            Switch::parse("unsued-label"),
            Switch::Unknown("unsued-label".to_owned(), Some("unused-label"))
        );
    }
}
