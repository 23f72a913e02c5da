//! Relocations: places that depend on a symbol, and the numbers that stand in those places.
//!
//! A BPF relocation adds what stands in the place (the addend) to the symbol's address. If the symbol is that of a section,
//! the addend says where in the section, and a part that has moved takes its addends along:
//!
//! ```text
//!  b.o: call imm=4, symbol .text    the function in slot 5 of b's .text; a call counts slots from the one behind it
//!  b's part begins at slot 10
//!  out: call imm=14, symbol .text   slot 15
//! ```

use super::layout::Layout;
use super::symbols::Symbols;
use super::{Input, LinkError};
use crate::bytes::{u32_from_bytes, u32_to_bytes};
use crate::{Endian, Reloc, RelocKind, Section, SymbolKind};

/// Where the addend stands, and in what it counts.
struct Addend {
    /// Bytes from the relocation's offset.
    at: usize,
    is_wide: bool,
    unit: u64,
}

fn addend(kind: RelocKind) -> Addend {
    let row = |at, is_wide, unit| Addend { at, is_wide, unit };
    match kind {
        // The immediate of an instruction; of `lddw`, which has two, the first.
        RelocKind::Imm64 => row(4, false, 1),
        RelocKind::Call => row(4, false, 8),
        RelocKind::Abs64 => row(0, true, 1),
        RelocKind::Abs32 | RelocKind::NoDyld32 => row(0, false, 1),
    }
}

/// The sections of the layout with the relocations of all files.
pub(super) fn relocated(
    inputs: &[Input],
    layout: &Layout,
    symbols: &Symbols<'_>,
) -> Result<Vec<Section>, Vec<LinkError>> {
    let mut sections = layout.sections.clone();
    for (file, input) in inputs.iter().enumerate() {
        for (id, section) in input.object.sections() {
            let Some(place) = layout.place(file, id).filter(|place| !place.is_repeated) else {
                continue;
            };
            let whole = &mut sections[place.section.0];
            for reloc in &section.relocs {
                let symbol = input.object.symbol(reloc.symbol);
                let Some((symbol, number)) = symbol.zip(symbols.number(file, reloc.symbol)) else {
                    return Err(vec![LinkError::LeftOut {
                        section: section.name.clone(),
                        file: input.name.clone(),
                        symbol: symbol.map(|symbol| symbol.name.clone()).unwrap_or_default(),
                    }]);
                };
                let moved = Reloc {
                    offset: place.offset + reloc.offset,
                    symbol: number,
                    kind: reloc.kind,
                };
                let target = symbol.section.and_then(|target| layout.place(file, target));
                if let (SymbolKind::Section, Some(target)) = (symbol.kind, target) {
                    add(&mut whole.data, &moved, target.offset, input.object.endian);
                }
                whole.relocs.push(moved);
            }
        }
    }
    Ok(sections)
}

/// Adds bytes to the addend. It wraps as it does in a loader; no real one comes near.
fn add(data: &mut [u8], reloc: &Reloc, bytes: u64, endian: Endian) {
    let addend = addend(reloc.kind);
    let Some(place) = data.get_mut(reloc.offset as usize + addend.at..) else {
        return;
    };
    let more = bytes / addend.unit;
    if let (true, Some(place)) = (addend.is_wide, place.first_chunk_mut::<8>()) {
        *place = match endian {
            Endian::Little => u64::from_le_bytes(*place).wrapping_add(more).to_le_bytes(),
            Endian::Big => u64::from_be_bytes(*place).wrapping_add(more).to_be_bytes(),
        };
    } else if let Some(place) = place.first_chunk_mut::<4>() {
        let sum = u32_from_bytes(endian, *place).wrapping_add(more as u32);
        *place = u32_to_bytes(endian, sum);
    }
}
