//! Functions for people: the source, the instructions, what these refer to.

use bpfcc_isa::stack::FRAME_BYTES;
use bpfcc_object::ext::LineInfo;

use super::code::{Function, Line, Role, program_type};
use super::file::File;
use super::{Options, data, lists, style};

/// Where notes start.
const NOTE_COLUMN: usize = 44;

/// Above the functions of a section: what the section's name says about them.
pub(super) fn heading(function: &Function<'_>) -> String {
    let name = &function.section.name;
    let words = match program_type(function.section) {
        None => lists::meaning(function.section),
        Some((ty, target)) => {
            let target = target.map_or_else(String::new, |target| format!(" for {target}"));
            let context = ty.context.map_or_else(String::new, |context| {
                format!(", context {} in r1", context.c_type)
            });
            format!("{} program{target}{context}", ty.name)
        }
    };
    let words = if words.is_empty() {
        "code".to_owned()
    } else {
        words
    };
    style::heading(&format!("{name}: {words}"))
}

/// A function.
pub(super) fn text(file: &File<'_>, function: &Function<'_>, options: &Options) -> String {
    let declaration = function.prototype.as_deref().unwrap_or(function.name);
    let role = match function.role {
        Role::Program => String::new(),
        role => format!("{}, ", role.words()),
    };
    let count = function
        .lines
        .iter()
        .filter(|line| line.insn.is_some())
        .count();
    let facts = format!(
        "# {role}{count} instructions, {} of {FRAME_BYTES} bytes of stack",
        function.stack
    );
    let mut text = format!("\n{declaration}:  {}\n", style::note(&facts));
    let mut shown: Option<&LineInfo> = None;
    for line in &function.lines {
        if let Some(label) = &line.label {
            text += &format!("{label}:\n");
        }
        if let Some(source) = line.source.filter(|_| options.source) {
            let same =
                shown.is_some_and(|shown| (&shown.file, shown.line) == (&source.file, source.line));
            if !same {
                text += &source_line(source);
            }
            shown = Some(source);
        }
        text += &instruction(file, line, options);
    }
    text
}

fn source_line(source: &LineInfo) -> String {
    let LineInfo {
        file, line, text, ..
    } = source;
    let name = file.rsplit('/').next().unwrap_or(file);
    let line = style::source(&format!("; {name}:{line}  {}", text.trim()));
    format!("{line}\n")
}

fn instruction(file: &File<'_>, line: &Line<'_>, options: &Options) -> String {
    let mut text = String::new();
    let mut left = format!("{:>5}:  ", line.slot);
    if options.bytes {
        // `lddw` has sixteen, in two lines.
        let first = &line.bytes[..line.bytes.len().min(8)];
        left += &format!("{:<23}  ", data::bytes(first));
    }
    left += &line.text;
    let core = line.core.iter().map(|(_, words)| format!("CO-RE: {words}"));
    let notes: Vec<String> = line.notes.iter().cloned().chain(core).collect();
    if !notes.is_empty() && !options.plain {
        let column = NOTE_COLUMN + if options.bytes { 25 } else { 0 };
        let note = style::note(&format!("# {}", notes.join("; ")));
        left = format!("{left:<column$}  {note}");
    }
    text += left.trim_end();
    text.push('\n');
    if options.bytes && line.bytes.len() > 8 {
        text += &format!("        {}\n", data::bytes(&line.bytes[8..]));
    }
    if options.relocations {
        for reloc in &line.relocs {
            let symbol = file.object.symbol(reloc.symbol);
            let symbol = symbol.map_or_else(String::new, |symbol| lists::symbol_name(file, symbol));
            let kind = lists::reloc_kind(reloc.kind);
            text += &style::note(&format!("            {kind}  {symbol}"));
            text.push('\n');
        }
    }
    text
}
