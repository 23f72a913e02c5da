//! What is a list: sections, symbols, relocations, externs.

use bpfcc_object::maps::Notation;
use bpfcc_object::{Binding, RelocKind, Section, Symbol, SymbolKind};

use super::code::program_type;
use super::data::{is_data, kind_words};
use super::file::File;
use super::reference::undefined;
use super::table::Table;

/// What the names of sections mean that are neither code nor data.
const MEANINGS: [(&str, &str); 6] = [
    ("license", "license of the programs"),
    (
        "version",
        "kernel version that old kprobe programs asked for",
    ),
    (".kconfig", "options of the kernel's configuration"),
    (".ksyms", "functions and variables of the kernel"),
    (".struct_ops", "tables of functions for the kernel"),
    (".struct_ops.link", "tables of functions for the kernel"),
];

/// All sections.
pub(super) fn sections(file: &File<'_>) -> String {
    let mut table = Table::new([
        "section",
        "contents",
        "bytes",
        "align",
        "relocations",
        "what for",
    ]);
    for section in &file.object.sections {
        table.row([
            section.name.clone(),
            kind_words(section.kind).to_owned(),
            section.size.to_string(),
            section.align.to_string(),
            section.relocs.len().to_string(),
            meaning(section),
        ]);
    }
    table.text()
}

/// What a section is for.
pub(super) fn meaning(section: &Section) -> String {
    if let Some((_, meaning)) = MEANINGS.iter().find(|(name, _)| *name == section.name) {
        return (*meaning).to_owned();
    }
    match Notation::of(section) {
        Some(Notation::Btf) => return "maps".to_owned(),
        Some(Notation::Legacy) => return "maps, as before BTF".to_owned(),
        Some(Notation::Tables2014) => return "tables of 2014".to_owned(),
        None => {}
    }
    if section.name == ".text" {
        return "subprograms".to_owned();
    }
    match program_type(section) {
        Some((ty, Some(target))) => format!("{} programs for {target}", ty.name),
        Some((ty, None)) => format!("{} programs", ty.name),
        None if is_data(section) => "variables".to_owned(),
        None if section.name.starts_with(".debug_") => "for debuggers".to_owned(),
        None => String::new(),
    }
}

/// All symbols.
pub(super) fn symbols(file: &File<'_>) -> String {
    let mut table = Table::new(["symbol", "kind", "binding", "section", "offset", "bytes"]);
    for symbol in &file.object.symbols {
        let section = symbol.section.and_then(|section| file.section(section));
        let section = section.map_or("(undefined)", |section| &section.name);
        let name = match symbol.kind {
            SymbolKind::Section => section.to_owned(),
            _ => symbol.name.clone(),
        };
        table.row([
            name,
            symbol_kind(symbol.kind).to_owned(),
            binding(symbol),
            section.to_owned(),
            symbol.value.to_string(),
            symbol.size.to_string(),
        ]);
    }
    table.text()
}

pub(super) fn symbol_kind(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Func => "function",
        SymbolKind::Object => "variable",
        SymbolKind::Section => "section",
        SymbolKind::NoType => "unknown",
    }
}

pub(super) fn binding(symbol: &Symbol) -> String {
    let binding = match symbol.binding {
        Binding::Local => "local",
        Binding::Global => "global",
        Binding::Weak => "weak",
    };
    let hidden = if symbol.hidden { ", hidden" } else { "" };
    format!("{binding}{hidden}")
}

/// The relocations of some sections.
pub(super) fn relocs<'a>(file: &File<'_>, sections: impl Iterator<Item = &'a Section>) -> String {
    let mut table = Table::new(["section", "offset", "type", "symbol"]);
    for section in sections {
        for reloc in &section.relocs {
            table.row([
                section.name.clone(),
                reloc.offset.to_string(),
                reloc_kind(reloc.kind).to_owned(),
                file.object
                    .symbol(reloc.symbol)
                    .map_or_else(String::new, |s| symbol_name(file, s)),
            ]);
        }
    }
    table.text()
}

/// The name of a symbol; of a section's, that of the section.
pub(super) fn symbol_name(file: &File<'_>, symbol: &Symbol) -> String {
    let section = symbol.section.and_then(|section| file.section(section));
    match (symbol.kind, section) {
        (SymbolKind::Section, Some(section)) => section.name.clone(),
        _ => symbol.name.clone(),
    }
}

/// The name in `<elf.h>`.
pub(super) fn reloc_kind(kind: RelocKind) -> &'static str {
    match kind {
        RelocKind::Imm64 => "R_BPF_64_64",
        RelocKind::Abs64 => "R_BPF_64_ABS64",
        RelocKind::Abs32 => "R_BPF_64_ABS32",
        RelocKind::NoDyld32 => "R_BPF_64_NODYLD32",
        RelocKind::Call => "R_BPF_64_32",
    }
}

/// What the object uses and does not define.
pub(super) fn undefined_symbols<'a>(file: &File<'a>) -> impl Iterator<Item = &'a Symbol> {
    let symbols = file.object.symbols.iter();
    symbols.filter(|symbol| symbol.section.is_none() && !symbol.name.is_empty())
}

/// Those with what they stand for.
pub(super) fn externs(file: &File<'_>) -> String {
    let mut table = Table::new(["extern", "what it is", "if missing"]);
    for symbol in undefined_symbols(file) {
        let is_weak = symbol.binding == Binding::Weak;
        table.row([
            extern_declaration(file, symbol),
            undefined(file, symbol).to_owned(),
            if is_weak {
                "0"
            } else {
                "the object is refused"
            }
            .to_owned(),
        ]);
    }
    table.text()
}

/// `int CONFIG_HZ`, `int bpf_kfunc(int)`, or the name alone.
pub(super) fn extern_declaration(file: &File<'_>, symbol: &Symbol) -> String {
    match file.variable(&symbol.name) {
        Some(ty) => file.declare(ty, &symbol.name),
        None => file
            .prototype(&symbol.name)
            .unwrap_or_else(|| symbol.name.clone()),
    }
}
