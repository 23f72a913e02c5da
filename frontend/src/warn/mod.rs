//! Warnings: what is allowed and probably a mistake.
//!
//! [`WARNINGS`] is the table of all of them: whoever gives a warning names its row with
//! [`Diagnostic::code`](crate::diagnostic::Diagnostic). [`check`] finds those that need the whole typed tree, one file per
//! kind of question; the preprocessor and `sema` find the others on their way. Everybody gives all warnings, and
//! [`Selection::apply`] keeps what the user wants to see.

mod flow;
mod format;
mod unused;
mod value;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;
use crate::tree::Unit;
use crate::tree::reach;

/// When a warning is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Unless switched off.
    Default,
    /// With `-Wall`.
    All,
    /// With `-Wextra`.
    Extra,
    /// With its own name only.
    Named,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Warning {
    /// As in `-Wno-NAME`, and the diagnostic's code.
    pub name: &'static str,
    /// When it is given.
    pub group: Group,
    /// What it is about.
    pub about: &'static str,
}

const fn row(name: &'static str, group: Group, about: &'static str) -> Warning {
    Warning { name, group, about }
}

/// All warnings that have a name, by name.
pub const WARNINGS: &[Warning] = &[
    row(
        "address-of-packed-member",
        Group::Default,
        "the address of a packed member may not be aligned",
    ),
    row(
        "array-bounds",
        Group::Default,
        "an index lies outside of its array",
    ),
    row(
        "builtin-macro-redefined",
        Group::Default,
        "a macro that the compiler computes is defined or undefined",
    ),
    row(
        "compare-distinct-pointer-types",
        Group::Default,
        "pointers to different types are compared",
    ),
    row("cpp", Group::Default, "what `#warning` says"),
    row(
        "discarded-qualifiers",
        Group::Default,
        "a pointer loses `const` or `volatile`",
    ),
    row(
        "division-by-zero",
        Group::Default,
        "a division by the constant zero",
    ),
    row(
        "empty-body",
        Group::Extra,
        "an `if` or `else` with nothing but `;`",
    ),
    row(
        "empty-range",
        Group::Default,
        "a case range without a value",
    ),
    row(
        "excess-initializers",
        Group::Default,
        "more values than there is room for",
    ),
    row(
        "extra-tokens",
        Group::Default,
        "text behind a directive that is complete",
    ),
    row(
        "format",
        Group::All,
        "a format string and its arguments disagree",
    ),
    row(
        "implicit-fallthrough",
        Group::Extra,
        "a case runs into the next one",
    ),
    row(
        "incompatible-pointer-types",
        Group::Default,
        "a pointer becomes one to another type",
    ),
    row("invalid-utf8", Group::Default, "a file is not UTF-8"),
    row(
        "macro-redefined",
        Group::Default,
        "a macro is defined differently a second time",
    ),
    row(
        "missing-declarations",
        Group::Default,
        "a declaration that declares nothing",
    ),
    row(
        "parentheses",
        Group::All,
        "an assignment where a comparison is more usual",
    ),
    row(
        "pointer-integer-compare",
        Group::Default,
        "a pointer is compared with a number",
    ),
    row(
        "pointer-to-int-cast",
        Group::Default,
        "a pointer becomes a number that is too narrow for it",
    ),
    row(
        "pragma-once-outside-header",
        Group::Default,
        "`#pragma once` in the file that is compiled",
    ),
    row(
        "return-type",
        Group::All,
        "a function ends without a result",
    ),
    row(
        "shift-count",
        Group::Default,
        "a shift by a negative number or by all bits",
    ),
    row(
        "sign-compare",
        Group::Extra,
        "a signed number is compared as an unsigned one",
    ),
    row(
        "type-limits",
        Group::Extra,
        "a comparison that its operand's type decides",
    ),
    row(
        "undef",
        Group::Named,
        "a condition mentions a name that is no macro",
    ),
    row(
        "unknown-attribute",
        Group::Default,
        "an attribute that has no effect here",
    ),
    row(
        "unknown-pragmas",
        Group::All,
        "a pragma that asks for nothing the compiler knows",
    ),
    row(
        "unreachable-code",
        Group::Extra,
        "a statement that is never reached",
    ),
    row(
        "unused-function",
        Group::All,
        "a static function that nothing uses",
    ),
    row(
        "unused-parameter",
        Group::Extra,
        "a parameter that the function does not mention",
    ),
    row("unused-value", Group::All, "a computation without effect"),
    row(
        "unused-variable",
        Group::All,
        "a variable that the function does not mention",
    ),
];

/// An option of the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Switch {
    /// `-Wall`.
    All,
    /// `-Wextra`.
    Extra,
    /// `-Werror`.
    Error,
    /// `-w`.
    None,
    /// `-WNAME`.
    On(&'static str),
    /// `-Wno-NAME`.
    Off(&'static str),
    /// `-Werror=NAME`: given, and an error.
    Severe(&'static str),
    /// `-Wno-error=NAME`: no error, whatever `-Werror` says.
    Mild(&'static str),
}

type MakeSwitch = fn(&'static str) -> Switch;

/// What stands before a warning's name; the longer ones first.
const SPELLINGS: [(&str, MakeSwitch); 4] = [
    ("no-error=", Switch::Mild),
    ("error=", Switch::Severe),
    ("no-", Switch::Off),
    ("", Switch::On),
];

impl Switch {
    /// What stands behind `-W`; `None` if there is no such warning.
    pub fn parse(text: &str) -> Option<Switch> {
        let known = |name: &str| WARNINGS.iter().find(|row| row.name == name);
        match text {
            "all" => Some(Switch::All),
            "extra" => Some(Switch::Extra),
            "error" => Some(Switch::Error),
            _ => {
                let (make, name): (MakeSwitch, &str) = SPELLINGS
                    .iter()
                    .find_map(|&(prefix, make)| Some((make, text.strip_prefix(prefix)?)))?;
                known(name).map(|row| make(row.name))
            }
        }
    }
}

/// Which warnings the user wants.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    all: bool,
    extra: bool,
    error: bool,
    none: bool,
    /// Warnings switched one by one, the last word last. They count whatever the groups say.
    named: Vec<(&'static str, bool)>,
    /// Warnings made errors one by one, or kept from it; the last word last.
    severe: Vec<(&'static str, bool)>,
}

impl Selection {
    /// Follows an option.
    pub fn set(&mut self, switch: Switch) {
        match switch {
            Switch::All => self.all = true,
            Switch::Extra => self.extra = true,
            Switch::Error => self.error = true,
            Switch::None => self.none = true,
            Switch::On(name) => self.named.push((name, true)),
            Switch::Off(name) => self.named.push((name, false)),
            Switch::Severe(name) => {
                self.named.push((name, true));
                self.severe.push((name, true));
            }
            Switch::Mild(name) => self.severe.push((name, false)),
        }
    }

    /// Leaves out warnings that nobody wants and those about system headers; makes errors of the others if asked to.
    pub fn apply(&self, sources: &Sources, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let wanted = diagnostics.into_iter().filter(|diagnostic| {
            diagnostic.severity != Severity::Warning || self.wants(sources, diagnostic)
        });
        let severe = wanted.map(|diagnostic| match diagnostic.severity {
            Severity::Warning if self.is_severe(&diagnostic) => Diagnostic {
                severity: Severity::Error,
                ..diagnostic
            },
            _ => diagnostic,
        });
        severe.collect()
    }

    fn is_severe(&self, warning: &Diagnostic) -> bool {
        let named = warning.code.and_then(|code| last_word(&self.severe, code));
        named.unwrap_or(self.error)
    }

    fn wants(&self, sources: &Sources, warning: &Diagnostic) -> bool {
        let in_system = |span: crate::source::Span| sources.file(span.file).is_system();
        if self.none || warning.span.is_some_and(in_system) {
            return false;
        }
        let row = warning
            .code
            .and_then(|code| WARNINGS.iter().find(|row| row.name == code));
        let Some(row) = row else {
            return true;
        };
        if let Some(on) = last_word(&self.named, row.name) {
            return on;
        }
        match row.group {
            Group::Default => true,
            Group::All => self.all,
            Group::Extra => self.extra,
            Group::Named => false,
        }
    }
}

/// What was said last about a warning.
fn last_word(words: &[(&str, bool)], code: &str) -> Option<bool> {
    let word = words.iter().rev().find(|(name, _)| *name == code);
    word.map(|&(_, on)| on)
}

/// Finds what needs the whole typed tree, in the order of the text.
///
/// To be called, like everything that walks a tree, inside [`with_big_stack`](crate::parse::with_big_stack).
pub fn check(unit: &Unit, sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    unused::check_functions(unit, &reach::used(unit), &mut found);
    for function in &unit.functions {
        let Some(body) = &function.body else {
            continue;
        };
        if sources.file(function.span.file).is_system() {
            continue;
        }
        unused::check_locals(function, &mut found);
        flow::check(unit, sources, function, body, &mut found);
        value::check(unit, sources, body, &mut found);
        format::check(unit, body, &mut found);
    }
    found.sort_by_key(|diagnostic| diagnostic.span.map(|span| (span.file, span.start)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(WARNINGS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn switches_are_spelled_as_in_other_compilers() {
        assert_eq!(Switch::parse("all"), Some(Switch::All));
        assert_eq!(Switch::parse("no-format"), Some(Switch::Off("format")));
        assert_eq!(Switch::parse("format"), Some(Switch::On("format")));
        assert_eq!(Switch::parse("error=cpp"), Some(Switch::Severe("cpp")));
        assert_eq!(Switch::parse("no-error=cpp"), Some(Switch::Mild("cpp")));
        assert_eq!(Switch::parse("nonsense"), None);
        assert_eq!(Switch::parse("error=nonsense"), None);
    }
}
