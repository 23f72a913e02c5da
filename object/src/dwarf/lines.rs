//! The line program: a small machine whose instructions write a table from addresses to lines.
//!
//! ```text
//!  .BTF.ext  8: a.c line 3     ──►  address += 8, line += 1, and a row     in one byte, for steps as small as that
//! ```

use std::collections::BTreeMap;

use gimli::LineEncoding;
use gimli::write::{DwarfUnit, FileId, LineProgram, LineString};

use super::symbols::address;
use super::{Unit, text};
use crate::{Object, SectionId, ext};

/// The number of each file in the line program, which the rest of the unit names files by too.
pub(super) struct Files {
    /// The C file, for what lies in no file.
    main: String,
    numbers: BTreeMap<String, FileId>,
}

impl Files {
    pub(super) fn number(&mut self, dwarf: &mut DwarfUnit, name: &str) -> FileId {
        let name = match text(name) {
            "" => self.main.clone(),
            name => name.to_owned(),
        };
        *self.numbers.entry(name).or_insert_with_key(|name| {
            let name = line_string(dwarf, name);
            let program = &mut dwarf.unit.line_program;
            program.add_file(name, program.default_directory(), None)
        })
    }
}

/// An empty line program.
pub(super) fn start(dwarf: &mut DwarfUnit, unit: &Unit) -> Files {
    let main = match text(&unit.name) {
        "" => "<unknown>",
        name => name,
    };
    let encoding = dwarf.unit.encoding();
    // Instructions are multiples of 8 bytes: addresses count in these.
    let line_encoding = LineEncoding {
        minimum_instruction_length: bpfcc_isa::SLOT_BYTES as u8,
        ..LineEncoding::default()
    };
    let directory = line_string(dwarf, text(&unit.directory));
    let name = line_string(dwarf, main);
    dwarf.unit.line_program =
        LineProgram::new(encoding, line_encoding, directory, None, name, None);
    Files {
        main: main.to_owned(),
        numbers: BTreeMap::new(),
    }
}

/// A string where this version of DWARF keeps those of the line program.
fn line_string(dwarf: &mut DwarfUnit, text: &str) -> LineString {
    let encoding = dwarf.unit.encoding();
    LineString::new(text, encoding, &mut dwarf.line_strings)
}

/// The lines of all sections; each is a sequence of its own.
pub(super) fn add(dwarf: &mut DwarfUnit, files: &mut Files, object: &mut Object) {
    let known = object.ext.clone().unwrap_or_default();
    for info in &known.sections {
        if let Some((section, _)) = object.section_by_name(&info.name) {
            add_section(dwarf, files, object, section, &info.lines);
        }
    }
}

fn add_section(
    dwarf: &mut DwarfUnit,
    files: &mut Files,
    object: &mut Object,
    section: SectionId,
    lines: &[ext::LineInfo],
) {
    if lines.is_empty() {
        return;
    }
    let start = address(object, (section, 0));
    dwarf.unit.line_program.begin_sequence(Some(start));
    for line in lines {
        let file = files.number(dwarf, &line.file);
        let row = dwarf.unit.line_program.row();
        row.address_offset = line.offset.into();
        row.file = file;
        row.line = line.line.into();
        row.column = line.column.into();
        dwarf.unit.line_program.generate_row();
    }
    let size = object.sections[section.0].size;
    dwarf.unit.line_program.end_sequence(size);
}
