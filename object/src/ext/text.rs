//! [`BtfExt`] → text, one line per record.

use std::fmt::{self, Write};

use super::{BtfExt, SectionInfo};

/// All records: by section, in it functions, lines and relocations, each by offset. Functions and types are given by the
/// numbers under which [`crate::btf::text`] lists them.
pub fn text(ext: &BtfExt) -> String {
    let mut out = String::new();
    for section in &ext.sections {
        write_section(&mut out, section).expect("writing to a string does not fail");
    }
    out
}

fn write_section(out: &mut String, section: &SectionInfo) -> fmt::Result {
    writeln!(out, "section '{}'", section.name)?;
    for func in &section.funcs {
        writeln!(out, "\t{}: func type_id={}", func.offset, func.func)?;
    }
    for line in &section.lines {
        let position = format_args!("{}:{}:{}", line.file, line.line, line.column);
        writeln!(out, "\t{}: line {position} '{}'", line.offset, line.text)?;
    }
    for relo in &section.relos {
        let (kind, root) = (relo.kind.keyword(), relo.root);
        writeln!(
            out,
            "\t{}: relo {kind} type_id={root} '{}'",
            relo.offset, relo.access
        )?;
    }
    Ok(())
}
