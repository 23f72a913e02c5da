//! Sections of code as functions, functions as lines.

use std::collections::BTreeMap;

use bpfcc_isa::program::{ProgramType, program_type_for_section};
use bpfcc_isa::stack::stack_bytes;
use bpfcc_isa::text::{self, Dialect, Names};
use bpfcc_isa::{DecodeReason, Imm64, Insn, SLOT_BYTES, decode_at};
use bpfcc_object::ext::{CoreRelo, LineInfo};
use bpfcc_object::{Binding, Reloc, Section, SectionId, SectionKind, Symbol, SymbolKind};

use super::core;
use super::file::File;
use super::reference::{self, Reference};

/// A function.
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    pub(super) section: &'a Section,
    /// Its declaration in C, if the types say it.
    pub(super) prototype: Option<String>,
    pub(super) role: Role,
    /// Bytes of its frame that constants lead to.
    pub(super) stack: u32,
    pub(super) lines: Vec<Line<'a>>,
}

/// What a function is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// The kernel may be asked to run it.
    Program,
    /// A subprogram that the kernel's checker looks at by itself, whoever calls it.
    Global,
    /// A subprogram that the checker follows calls into.
    Static,
}

impl Role {
    fn of(symbol: Option<&Symbol>, section: &Section) -> Role {
        match symbol {
            Some(symbol) if symbol.binding == Binding::Local => Role::Static,
            _ if section.name != ".text" => Role::Program,
            Some(symbol) if symbol.hidden => Role::Static,
            _ => Role::Global,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Role::Program => "program",
            Role::Global => "global subprogram, verified by itself",
            Role::Static => "static subprogram, verified where it is called",
        }
    }
}

/// An instruction and what is known about it.
pub(super) struct Line<'a> {
    /// Where it starts, in slots from the start of the section.
    pub(super) slot: usize,
    pub(super) bytes: &'a [u8],
    /// `None` for what is no instruction.
    pub(super) insn: Option<Insn>,
    pub(super) label: Option<String>,
    pub(super) text: String,
    /// What the text leaves out.
    pub(super) notes: Vec<String>,
    /// The line of the source that starts here.
    pub(super) source: Option<&'a LineInfo>,
    /// Relocations of the linker.
    pub(super) relocs: Vec<&'a Reloc>,
    /// Relocations against the running kernel's types, in words.
    pub(super) core: Vec<(&'a CoreRelo, String)>,
}

/// How instructions are written down.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) dialect: Dialect,
    /// Without names: as the bytes are.
    pub(super) is_plain: bool,
}

/// The type of the programs in a section, and what they are attached to.
pub(super) fn program_type(section: &Section) -> Option<(&'static ProgramType, Option<&str>)> {
    let ty = program_type_for_section(&section.name)?;
    let name = section.name.trim_start_matches('?');
    let prefix = ty.sections.iter().copied();
    let rests = prefix.filter_map(|prefix| name.strip_prefix(prefix)?.strip_prefix('/'));
    Some((ty, rests.min_by_key(|rest| rest.len())))
}

/// The functions of a section of code, by place.
pub(super) fn functions<'a>(file: &File<'a>, id: SectionId, form: Form) -> Vec<Function<'a>> {
    let Some(section) = file
        .section(id)
        .filter(|section| section.kind == SectionKind::Code)
    else {
        return Vec::new();
    };
    let facts = Facts::new(file, section);
    let starts = starts(file, id, section);
    let ends = starts.keys().copied().skip(1).chain([section.data.len()]);
    let functions = starts.iter().zip(ends).enumerate();
    functions
        .map(|(index, ((&start, &symbol), end))| {
            let (insns, lines) = facts.lines(file, id, start..end, (index, form));
            let name = symbol.map_or(section.name.as_str(), |symbol| &symbol.name);
            Function {
                name,
                section,
                prototype: file.prototype(name),
                role: Role::of(symbol, section),
                stack: stack_bytes(&insns),
                lines,
            }
        })
        .collect()
}

/// The bytes at which functions start, with their symbols. Something without a symbol may stand before the first one.
fn starts<'a>(
    file: &File<'a>,
    id: SectionId,
    section: &Section,
) -> BTreeMap<usize, Option<&'a Symbol>> {
    let mut starts = BTreeMap::new();
    for &symbol in file.named_in(id) {
        let at = usize::try_from(symbol.value).unwrap_or(usize::MAX);
        let is_start = at < section.data.len() && at.is_multiple_of(SLOT_BYTES);
        if symbol.kind == SymbolKind::Func && is_start {
            starts.entry(at).or_insert(Some(symbol));
        }
    }
    if !section.data.is_empty() {
        starts.entry(0).or_insert(None);
    }
    starts
}

/// What the object says about the bytes of a section, by offset.
struct Facts<'a> {
    section: &'a Section,
    sources: BTreeMap<u32, &'a LineInfo>,
    cores: BTreeMap<u32, Vec<&'a CoreRelo>>,
}

impl<'a> Facts<'a> {
    fn new(file: &File<'a>, section: &'a Section) -> Facts<'a> {
        let info = file
            .object
            .ext
            .as_ref()
            .and_then(|ext| ext.section(&section.name));
        let mut cores: BTreeMap<u32, Vec<&CoreRelo>> = BTreeMap::new();
        for relo in info.into_iter().flat_map(|info| &info.relos) {
            cores.entry(relo.offset).or_default().push(relo);
        }
        Facts {
            section,
            sources: file.lines(&section.name),
            cores,
        }
    }

    /// The instructions between two bytes, and their lines.
    fn lines(
        &self,
        file: &File<'a>,
        id: SectionId,
        range: std::ops::Range<usize>,
        (index, form): (usize, Form),
    ) -> (Vec<Insn>, Vec<Line<'a>>) {
        let decoded = decode(self.section, range, file.object.endian);
        let mut names = Names {
            function: index,
            ..Names::default()
        };
        let mut code = Vec::new();
        let mut notes = BTreeMap::new();
        for &(slot, insn) in &decoded {
            let Ok(mut insn) = insn else { continue };
            let reference = reference::of(file, id, slot, &insn, self.relocs(slot, insn.slots()));
            if let (Some(reference), false) = (reference, form.is_plain) {
                let Reference { name, beyond, note } = reference;
                if let Insn::LoadImm64 { value, .. } = &mut insn {
                    *value = Imm64::Const(beyond);
                }
                names.symbols.insert(slot, name);
                notes.insert(slot, note);
            }
            code.push((slot, insn));
        }
        let mut texts = match form.is_plain {
            true => code.iter().map(|line| plain(form.dialect, line)).collect(),
            false => text::lines(form.dialect, &code, &names),
        }
        .into_iter();
        let lines = decoded.iter().map(|(slot, insn)| match insn {
            Ok(insn) => {
                // There is one for each instruction.
                let text = texts.next();
                let (label, text) =
                    text.map_or_else(Default::default, |line| (line.label, line.text));
                let notes = notes.remove(slot).flatten().into_iter().collect();
                Line {
                    label,
                    text,
                    notes,
                    ..self.line(file, *slot, Some(*insn))
                }
            }
            Err(reason) => Line {
                text: "<unknown>".to_owned(),
                notes: vec![reason.to_string()],
                ..self.line(file, *slot, None)
            },
        });
        let lines = lines.collect();
        (
            decoded
                .into_iter()
                .filter_map(|(_, insn)| insn.ok())
                .collect(),
            lines,
        )
    }

    fn line(&self, file: &File<'a>, slot: usize, insn: Option<Insn>) -> Line<'a> {
        let start = slot * SLOT_BYTES;
        let slots = insn.as_ref().map_or(1, Insn::slots);
        let end = (start + slots * SLOT_BYTES).min(self.section.data.len());
        let offset = u32::try_from(start).unwrap_or(u32::MAX);
        let core = self.cores.get(&offset).into_iter().flatten();
        Line {
            slot,
            bytes: &self.section.data[start..end],
            insn,
            label: None,
            text: String::new(),
            notes: Vec::new(),
            source: self.sources.get(&offset).copied(),
            relocs: self.relocs(slot, slots).iter().collect(),
            core: core
                .map(|relo| (*relo, core::words(file, relo, insn.as_ref())))
                .collect(),
        }
    }

    fn relocs(&self, slot: usize, slots: usize) -> &'a [Reloc] {
        let relocs = &self.section.relocs;
        let at = |slot: usize| {
            let byte = (slot * SLOT_BYTES) as u64;
            relocs.partition_point(|reloc| reloc.offset < byte)
        };
        &relocs[at(slot)..at(slot + slots)]
    }
}

/// An instruction with distances and numbers as its bytes have them.
fn plain(dialect: Dialect, &(slot, insn): &(usize, Insn)) -> text::Line {
    text::Line {
        slot,
        label: None,
        text: text::print_one(dialect, &insn),
    }
}

/// The instructions between two bytes with their slots; where there is none, one slot is passed over.
fn decode(
    section: &Section,
    range: std::ops::Range<usize>,
    endian: bpfcc_isa::Endian,
) -> Vec<(usize, Result<Insn, DecodeReason>)> {
    let bytes = &section.data[..range.end];
    let mut decoded = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let insn = decode_at(bytes, at, endian).map_err(|error| error.reason);
        decoded.push((at / SLOT_BYTES, insn));
        at += SLOT_BYTES * insn.map_or(1, |insn| insn.slots());
    }
    decoded
}
