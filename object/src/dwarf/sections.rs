//! Entries and lines → sections of the object. Where the bytes depend on another section there is a relocation: of 32 bits for a
//! place in another `.debug_*` section, of 64 bits for an address.

use gimli::RunTimeEndian;
use gimli::write::{
    DwarfUnit, EndianVec, Error, RelocateWriter, Relocation, RelocationTarget, Sections,
};

use crate::{Endian, Object, Reloc, RelocKind, Section, SectionKind, SymbolId};

/// Writes everything, and adds the sections that are not empty.
pub(super) fn add(mut dwarf: DwarfUnit, object: &mut Object) -> Result<(), Error> {
    let mut written = Sections::new(Relocated {
        bytes: EndianVec::new(match object.endian {
            Endian::Little => RunTimeEndian::Little,
            Endian::Big => RunTimeEndian::Big,
        }),
        relocations: Vec::new(),
    });
    dwarf.write(&mut written)?;
    let mut added = Vec::new();
    // All sections first: they refer to each other.
    written.for_each(|id, section| {
        let data = section.bytes.slice().to_vec();
        if !data.is_empty() {
            let section = Section::new(id.name(), SectionKind::Other, data, 1);
            added.push((id, object.add_section(section)));
        }
        Ok::<(), Error>(())
    })?;
    for &(id, number) in &added {
        let relocations = written.get(id).map(|section| section.relocations.clone());
        for relocation in relocations.unwrap_or_default() {
            let symbol = match relocation.target {
                RelocationTarget::Symbol(symbol) => SymbolId(symbol),
                RelocationTarget::Section(target) => {
                    let target = added.iter().find(|(id, _)| *id == target);
                    let (_, target) = target.ok_or(Error::OffsetOutOfBounds)?;
                    object.section_symbol(*target)
                }
            };
            let endian = object.endian;
            relocate(&mut object.sections[number.0], &relocation, symbol, endian);
        }
    }
    Ok(())
}

/// Notes the relocation, and puts what is to be added into the bytes, where BPF has it.
fn relocate(section: &mut Section, relocation: &Relocation, symbol: SymbolId, endian: Endian) {
    let mut addend = relocation.addend.to_le_bytes();
    let (kind, addend) = match relocation.size {
        8 => (RelocKind::Abs64, addend.as_mut_slice()),
        _ => (RelocKind::Abs32, &mut addend[..4]),
    };
    endian.arrange(addend);
    let place = relocation.offset..relocation.offset + addend.len();
    section.data[place].copy_from_slice(addend);
    section.relocs.push(Reloc {
        offset: relocation.offset as u64,
        symbol,
        kind,
    });
}

/// The bytes of a section, and what is to be relocated in them.
#[derive(Clone)]
struct Relocated {
    bytes: EndianVec<RunTimeEndian>,
    relocations: Vec<Relocation>,
}

impl RelocateWriter for Relocated {
    type Writer = EndianVec<RunTimeEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.relocations.push(relocation);
    }
}
