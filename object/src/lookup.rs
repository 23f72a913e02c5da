//! Finding things in an [`Object`], and adding them.

use crate::{Binding, Object, Section, SectionId, SectionKind, Symbol, SymbolId, SymbolKind};

impl Object {
    /// The section at this position.
    pub fn section(&self, id: SectionId) -> Option<&Section> {
        self.sections.get(id.0)
    }

    /// The symbol at this position.
    pub fn symbol(&self, id: SymbolId) -> Option<&Symbol> {
        self.symbols.get(id.0)
    }

    /// The first section of this name.
    pub fn section_by_name(&self, name: &str) -> Option<(SectionId, &Section)> {
        self.sections().find(|(_, section)| section.name == name)
    }

    /// The first symbol of this name.
    pub fn symbol_by_name(&self, name: &str) -> Option<(SymbolId, &Symbol)> {
        self.symbols().find(|(_, symbol)| symbol.name == name)
    }

    /// All sections with their positions.
    pub fn sections(&self) -> impl Iterator<Item = (SectionId, &Section)> {
        (0..).map(SectionId).zip(&self.sections)
    }

    /// All symbols with their positions.
    pub fn symbols(&self) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        (0..).map(SymbolId).zip(&self.symbols)
    }

    /// The symbols that lie in this section, in the order of the file. The one for the section itself is among them.
    pub fn symbols_in(&self, section: SectionId) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        self.symbols()
            .filter(move |(_, symbol)| symbol.section == Some(section))
    }

    /// Adds a section at the end.
    pub fn add_section(&mut self, section: Section) -> SectionId {
        self.sections.push(section);
        SectionId(self.sections.len() - 1)
    }

    /// Adds a symbol at the end.
    pub fn add_symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId(self.symbols.len() - 1)
    }

    /// The symbol for the section itself, added if there is none. Relocations to what has no symbol of its own, such as
    /// strings, refer to it.
    pub fn section_symbol(&mut self, section: SectionId) -> SymbolId {
        let known = self
            .symbols_in(section)
            .find(|(_, symbol)| symbol.kind == SymbolKind::Section)
            .map(|(id, _)| id);
        known.unwrap_or_else(|| {
            self.add_symbol(Symbol {
                name: String::new(),
                section: Some(section),
                value: 0,
                size: 0,
                kind: SymbolKind::Section,
                binding: Binding::Local,
                hidden: false,
            })
        })
    }
}

impl Section {
    /// A section with these contents and no relocations.
    pub fn new(name: impl Into<String>, kind: SectionKind, data: Vec<u8>, align: u64) -> Section {
        Section {
            name: name.into(),
            kind,
            size: data.len() as u64,
            data,
            align,
            relocs: Vec::new(),
        }
    }

    /// A section of zeros, which takes no room in the file.
    pub fn bss(name: impl Into<String>, size: u64, align: u64) -> Section {
        Section {
            size,
            ..Section::new(name, SectionKind::Bss, Vec::new(), align)
        }
    }
}
