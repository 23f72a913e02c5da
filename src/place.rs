//! From places in the IR back to the source text.

use bpfcc_frontend::source::{Sources, Span};
use bpfcc_ir::debug::{DebugInfo, SourceLoc};

/// The word that starts at a place.
pub(crate) fn span(sources: &Sources, debug: &DebugInfo, loc: SourceLoc) -> Option<Span> {
    let name = &debug
        .files
        .get(loc.file as usize)
        .filter(|_| loc.line > 0)?
        .name;
    let (id, file) = sources.files().find(|(_, file)| file.path() == name)?;
    let text = file.text();
    let line_start: usize = text
        .split_inclusive('\n')
        .take(loc.line as usize - 1)
        .map(str::len)
        .sum();
    let rest = text.get(line_start..)?;
    let column = rest
        .char_indices()
        .nth(loc.column.saturating_sub(1) as usize)?
        .0;
    let word = rest[column..].find(|c: char| !c.is_alphanumeric() && c != '_');
    let len = word.unwrap_or(rest.len() - column).max(1);
    let start = (line_start + column) as u32;
    Some(sources.span(id, start, start + len as u32))
}
