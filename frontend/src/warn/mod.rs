//! Warnings: what is allowed and probably a mistake.
//!
//! [`WARNINGS`] is the table of all of them: whoever gives a warning names its row with
//! [`Diagnostic::code`](crate::diagnostic::Diagnostic). [`check`] finds those that need the whole typed tree, one file per
//! kind of question; the preprocessor and `sema` find the others on their way. Everybody gives all warnings, and
//! [`Selection::apply`] keeps what the user wants to see.

mod table;

mod select;

mod flow;
mod format;
mod layout;
mod paths;
mod suspect;
mod uninitialized;
mod unused;
mod value;

use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use crate::tree::Unit;
use crate::tree::reach;

pub use select::{Level, Regions, Selection, Switch};
pub use table::{Group, WARNINGS, Warning};

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
        if sources.is_system(function.span) {
            continue;
        }
        flow::check(unit, sources, function, body, &mut found);
        layout::check(sources, body, &mut found);
        suspect::check(unit, sources, body, &mut found);
        let graph = paths::Graph::new(unit, function, body);
        unused::check_locals(function, &graph, &mut found);
        unused::check_labels(function, body, &mut found);
        uninitialized::check(&unit.types, function, &graph, &mut found);
        value::check(unit, sources, body, &mut found);
        format::check(unit, body, &mut found);
    }
    found.sort_by_key(|diagnostic| diagnostic.span.map(|span| (span.file, span.start)));
    found
}
