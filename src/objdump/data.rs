//! Sections of data: the variables in them with their values, and their bytes.

use bpfcc_object::maps::Notation;
use bpfcc_object::{RelocKind, Section, SectionId, SectionKind, SymbolKind};

use super::file::{File, Place};
use super::{style, value};

/// Bytes in a line.
const LINE: usize = 16;

/// A variable.
pub(super) struct Variable {
    pub(super) offset: u64,
    pub(super) size: u64,
    /// `int counter`, or the name alone.
    pub(super) declaration: String,
    pub(super) name: String,
    /// Its value, if its type and its bytes are known.
    pub(super) value: Option<String>,
}

/// Whether a section holds variables, as opposed to code, definitions of maps, and what is for debuggers.
pub(super) fn is_data(section: &Section) -> bool {
    let kinds = [
        SectionKind::Data,
        SectionKind::ReadOnlyData,
        SectionKind::Strings,
        SectionKind::Bss,
    ];
    kinds.contains(&section.kind) && section.size > 0 && Notation::of(section).is_none()
}

pub(super) fn kind_words(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Code => "code",
        SectionKind::Data => "data",
        SectionKind::ReadOnlyData => "read-only data",
        SectionKind::Strings => "strings",
        SectionKind::Bss => "zeros",
        SectionKind::Other => "other",
    }
}

/// The variables of a section by place.
pub(super) fn variables(file: &File<'_>, id: SectionId, section: &Section) -> Vec<Variable> {
    let symbols = file.named_in(id).iter();
    let symbols = symbols.filter(|symbol| symbol.kind != SymbolKind::Func);
    let variable = |symbol: &&bpfcc_object::Symbol| Variable {
        offset: symbol.value,
        size: symbol.size,
        declaration: match file.variable(&symbol.name) {
            Some(ty) => file.declare(ty, &symbol.name),
            None => symbol.name.clone(),
        },
        name: symbol.name.clone(),
        value: value_of(file, section, symbol),
    };
    symbols.map(variable).collect()
}

fn value_of(file: &File<'_>, section: &Section, symbol: &bpfcc_object::Symbol) -> Option<String> {
    let start = usize::try_from(symbol.value).ok()?;
    let size = usize::try_from(symbol.size).ok()?;
    let bytes = section.data.get(start..start.checked_add(size)?)?;
    let pointers = |at: usize| pointer(file, section, symbol.value + at as u64);
    let typed = file.btf().zip(file.variable(&symbol.name));
    match typed {
        Some((btf, ty)) => Some(value::text(btf, file.object.endian, ty, bytes, &pointers)),
        None => value::string(bytes),
    }
}

/// What a pointer in the data points to: `&name`, or the string itself.
fn pointer(file: &File<'_>, section: &Section, offset: u64) -> Option<String> {
    let first = section
        .relocs
        .partition_point(|reloc| reloc.offset < offset);
    let reloc = section.relocs.get(first)?;
    if reloc.offset != offset || reloc.kind != RelocKind::Abs64 {
        return None;
    }
    let symbol = file.object.symbol(reloc.symbol)?;
    let bytes = section.data.get(usize::try_from(offset).ok()?..)?;
    let addend = file.object.endian.number(bytes.get(..8)?) as u64;
    let Some(target) = symbol.section else {
        return Some(format!("&{}", symbol.name));
    };
    let at = symbol.value.saturating_add(addend);
    let text = file
        .section(target)
        .filter(|target| target.kind == SectionKind::Strings);
    let text = text.and_then(|text| text.data.get(usize::try_from(at).ok()?..));
    if let Some((text, end)) =
        text.and_then(|text| Some((text, text.iter().position(|&b| b == 0)?)))
    {
        return Some(value::quoted(&text[..end]));
    }
    let Place { name, beyond } = file.place(target, at);
    Some(match beyond {
        0 => format!("&{name}"),
        _ => format!("&{name}+{beyond}"),
    })
}

/// A section for people.
pub(super) fn text(file: &File<'_>, id: SectionId, section: &Section) -> String {
    let (name, size) = (&section.name, section.size);
    let words = kind_words(section.kind);
    let mut text = style::heading(&format!("{name}: {words}, {size} bytes"));
    text += &match section.kind {
        SectionKind::Strings => strings(&section.data),
        _ => values(&variables(file, id, section)),
    };
    text + &hex(&section.data)
}

/// One line for each variable.
fn values(variables: &[Variable]) -> String {
    let mut text = String::new();
    for variable in variables {
        let Variable {
            offset,
            size,
            declaration,
            value,
            ..
        } = variable;
        let value = value
            .as_ref()
            .map_or_else(String::new, |value| format!(" = {value}"));
        let note = style::note(&format!("# at {offset}, {size} bytes"));
        text += &format!("  {declaration}{value};  {note}\n");
    }
    text
}

/// One line for each string.
fn strings(data: &[u8]) -> String {
    let mut offset = 0;
    let mut text = String::new();
    for part in data.split_inclusive(|&byte| byte == 0) {
        let string = part.strip_suffix(b"\0").unwrap_or(part);
        let note = style::note(&format!("# at {offset}"));
        text += &format!("  {};  {note}\n", value::quoted(string));
        offset += part.len();
    }
    text
}

/// Bytes with what they are in ASCII; of lines that are alike only the first is shown.
fn hex(data: &[u8]) -> String {
    let mut text = String::new();
    let mut last = None;
    let mut is_skipping = false;
    for (index, line) in data.chunks(LINE).enumerate() {
        if last == Some(line) && line.len() == LINE {
            text += if is_skipping { "" } else { "      *\n" };
            is_skipping = true;
            continue;
        }
        (last, is_skipping) = (Some(line), false);
        let bytes = bytes(line);
        let ascii: String = line
            .iter()
            .map(|&byte| match byte {
                0x20..0x7f => char::from(byte),
                _ => '.',
            })
            .collect();
        text += &format!("  {:04x}  {bytes:<47}  {ascii}\n", index * LINE);
    }
    text
}

/// `b7 00 00`
pub(super) fn bytes(bytes: &[u8]) -> String {
    let all: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    all.join(" ")
}
