//! What an instruction refers to: a map, a variable, a string, a function.

use bpfcc_isa::helpers::{helper_by_id, named_2014};
use bpfcc_isa::{Callee, Imm64, Insn, SLOT_BYTES};
use bpfcc_object::{Reloc, Section, SectionId, SectionKind, Symbol, SymbolKind};

use super::file::{File, Place};
use super::{maps, value};

/// A name in place of a number.
pub(super) struct Reference {
    pub(super) name: String,
    /// Bytes behind what has the name.
    pub(super) beyond: u64,
    pub(super) note: Option<String>,
}

/// What the instruction at a slot refers to, if it is anything that has a name.
pub(super) fn of(
    file: &File<'_>,
    section: SectionId,
    slot: usize,
    insn: &Insn,
    relocs: &[Reloc],
) -> Option<Reference> {
    let symbol = relocs
        .first()
        .and_then(|reloc| file.object.symbol(reloc.symbol));
    match (*insn, symbol) {
        (Insn::LoadImm64 { value, .. }, Some(symbol)) => {
            let addend = match value {
                Imm64::Const(addend) => addend,
                _ => 0,
            };
            Some(address(file, symbol, addend))
        }
        (Insn::Call(callee), Some(symbol)) => Some(function(file, symbol, callee)),
        (Insn::Call(Callee::Helper(id)), None) => {
            let helper = helper_by_id(id)?;
            Some(named(helper.name(), Some(format!("helper {id}"))))
        }
        (Insn::Call(Callee::Local(distance)), None) => {
            let target = (slot as i64 + 1).checked_add(distance.into())?;
            let offset = u64::try_from(target).ok()?.checked_mul(SLOT_BYTES as u64)?;
            function_at(file, section, offset)
        }
        _ => None,
    }
}

fn named(name: &str, note: Option<String>) -> Reference {
    Reference {
        name: name.to_owned(),
        beyond: 0,
        note,
    }
}

/// What a call with a relocation calls. The immediate counts slots from the next instruction on, of which the linker knows
/// only that they are to be added to the symbol's place.
fn function(file: &File<'_>, symbol: &Symbol, callee: Callee) -> Reference {
    let distance = match callee {
        Callee::Local(distance) => i64::from(distance) + 1,
        _ => 0,
    };
    match symbol.section {
        Some(section) => {
            let bytes = distance.saturating_mul(SLOT_BYTES as i64);
            let offset = symbol.value.saturating_add_signed(bytes);
            function_at(file, section, offset).unwrap_or_else(|| named(&symbol.name, None))
        }
        None => named(&symbol.name, Some(undefined(file, symbol).to_owned())),
    }
}

/// The function that starts at a byte of a section.
fn function_at(file: &File<'_>, section: SectionId, offset: u64) -> Option<Reference> {
    let Place { name, beyond } = file.place(section, offset);
    (beyond == 0 && !name.is_empty()).then(|| named(name, None))
}

/// What an undefined symbol stands for.
pub(super) fn undefined(file: &File<'_>, symbol: &Symbol) -> &'static str {
    if named_2014(&symbol.name).is_some() {
        return "function of 2014";
    }
    match file.declared_in(&symbol.name) {
        Some(".kconfig") => "option of the kernel's configuration",
        Some(".ksyms") if file.is_function(&symbol.name) => "kernel function",
        Some(".ksyms") => "kernel variable",
        _ => "defined elsewhere",
    }
}

/// What `lddw` with a relocation loads.
fn address(file: &File<'_>, symbol: &Symbol, addend: u64) -> Reference {
    let Some(section) = symbol.section else {
        return Reference {
            beyond: addend,
            ..named(&symbol.name, Some(undefined(file, symbol).to_owned()))
        };
    };
    let offset = symbol.value.saturating_add(addend);
    if let Some(map) = file.map_at(section, offset) {
        return named(&map.name, Some(format!("map ({})", maps::kind(map.kind))));
    }
    // A variable that is referred to by name may be left on purpose, say for the element before an array.
    let place = match symbol.kind {
        SymbolKind::Section => file.place(section, offset),
        _ => Place {
            name: &symbol.name,
            beyond: addend,
        },
    };
    Reference {
        beyond: place.beyond,
        note: contents(file, section, offset, place),
        ..named(place.name, None)
    }
}

/// What is at an address: `.data, u64 counter`, `"text"`.
fn contents(file: &File<'_>, id: SectionId, offset: u64, place: Place<'_>) -> Option<String> {
    let section = file.section(id)?;
    if section.kind == SectionKind::Code {
        return Some("function".to_owned());
    }
    if let Some(text) = string(file, section, offset, place.name) {
        return Some(text);
    }
    if place.name == section.name {
        return None;
    }
    let ty = file.variable(place.name);
    let declaration = ty.map_or_else(String::new, |ty| file.declare(ty, place.name) + " ");
    Some(format!("{declaration}in {}", section.name))
}

/// The constant string at a place, unless what has this name there is known to be something else.
fn string(file: &File<'_>, section: &Section, offset: u64, name: &str) -> Option<String> {
    let is_other = match (file.btf(), file.variable(name)) {
        (Some(btf), Some(ty)) => !value::is_text(btf, ty),
        _ => false,
    };
    let is_constant = matches!(
        section.kind,
        SectionKind::ReadOnlyData | SectionKind::Strings
    );
    let text = section.data.get(usize::try_from(offset).ok()?..)?;
    let end = text.iter().position(|&byte| byte == 0)?;
    value::string(&text[..=end]).filter(|_| is_constant && end > 0 && !is_other)
}
