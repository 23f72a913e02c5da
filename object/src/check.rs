//! What must hold of every [`Object`]. The writer asks before it writes and the reader after it has read, so that whoever
//! holds an object from [`crate::elf::read`] may rely on it.

use crate::{Object, Reloc, Section, SectionId, SectionKind, Symbol};

/// How an [`Object`] contradicts itself.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Invalid {
    /// ELF cannot store the name.
    #[error("name {0:?} contains a NUL character")]
    NulInName(String),
    /// Zero, or not a power of two.
    #[error("section `{section}` has alignment {align}, which is not a power of two")]
    Alignment {
        /// The section.
        section: String,
        /// Its alignment.
        align: u64,
    },
    /// [`Section::size`] is not the length of [`Section::data`], or a [`SectionKind::Bss`] has data.
    #[error("section `{section}` has {len} bytes of data and size {size}")]
    SectionSize {
        /// The section.
        section: String,
        /// Bytes of data.
        len: usize,
        /// Size.
        size: u64,
    },
    /// A relocation reaches beyond the data.
    #[error("a relocation at {offset} of section `{section}` lies outside of it")]
    RelocOutOfRange {
        /// The section.
        section: String,
        /// Offset of the relocation.
        offset: u64,
    },
    /// A relocation refers to a symbol that is not there.
    #[error("the relocation at {offset} of section `{section}` refers to an unknown symbol")]
    RelocSymbol {
        /// The section.
        section: String,
        /// Offset of the relocation.
        offset: u64,
    },
    /// A symbol refers to a section that is not there.
    #[error("symbol `{0}` lies in an unknown section")]
    SymbolSection(String),
    /// A symbol reaches beyond its section.
    #[error("symbol `{symbol}` reaches beyond section `{section}`")]
    SymbolOutOfRange {
        /// The symbol.
        symbol: String,
        /// The section.
        section: String,
    },
    /// The strings of `.BTF.ext` are in `.BTF`.
    #[error("there is function and line information, and no types")]
    ExtWithoutBtf,
}

/// Finds the first contradiction.
pub(crate) fn check(object: &Object) -> Result<(), Invalid> {
    for section in &object.sections {
        check_section(section)?;
        for reloc in &section.relocs {
            check_reloc(object, section, reloc)?;
        }
    }
    for symbol in &object.symbols {
        check_symbol(object, symbol)?;
    }
    if object.ext.is_some() && object.btf.is_none() {
        return Err(Invalid::ExtWithoutBtf);
    }
    Ok(())
}

fn check_section(section: &Section) -> Result<(), Invalid> {
    check_name(&section.name)?;
    if !section.align.is_power_of_two() {
        return Err(Invalid::Alignment {
            section: section.name.clone(),
            align: section.align,
        });
    }
    let size_holds = match section.kind {
        SectionKind::Bss => section.data.is_empty(),
        _ => section.data.len() as u64 == section.size,
    };
    if !size_holds {
        return Err(Invalid::SectionSize {
            section: section.name.clone(),
            len: section.data.len(),
            size: section.size,
        });
    }
    Ok(())
}

fn check_reloc(object: &Object, section: &Section, reloc: &Reloc) -> Result<(), Invalid> {
    let end = reloc.offset.checked_add(reloc.kind.width());
    if end.is_none_or(|end| end > section.data.len() as u64) {
        return Err(Invalid::RelocOutOfRange {
            section: section.name.clone(),
            offset: reloc.offset,
        });
    }
    if object.symbol(reloc.symbol).is_none() {
        return Err(Invalid::RelocSymbol {
            section: section.name.clone(),
            offset: reloc.offset,
        });
    }
    Ok(())
}

fn check_symbol(object: &Object, symbol: &Symbol) -> Result<(), Invalid> {
    check_name(&symbol.name)?;
    match symbol.section {
        Some(section) => check_symbol_in(object, symbol, section),
        None => Ok(()),
    }
}

fn check_symbol_in(object: &Object, symbol: &Symbol, section: SectionId) -> Result<(), Invalid> {
    let section = object
        .section(section)
        .ok_or_else(|| Invalid::SymbolSection(symbol.name.clone()))?;
    let end = symbol.value.checked_add(symbol.size);
    if end.is_none_or(|end| end > section.size) {
        return Err(Invalid::SymbolOutOfRange {
            symbol: symbol.name.clone(),
            section: section.name.clone(),
        });
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), Invalid> {
    if name.contains('\0') {
        return Err(Invalid::NulInName(name.to_owned()));
    }
    Ok(())
}
