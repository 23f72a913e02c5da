//! What an object needs of the kernel that is to load it: its instructions, the functions it calls, its maps and sections,
//! held against the table of [`bpfcc_isa::kernel`].
//!
//! What is *not* a need: kinds of BTF, which libbpf rewrites for kernels that do not know them (`bpf_object__sanitize_btf`),
//! and helpers that it replaces ([`kernel::REPLACED`]).

use std::collections::BTreeMap;
use std::fmt;

use bpfcc_isa::kernel::{self, Feature, Version};
use bpfcc_isa::program::{MapKind, program_type_for_section};
use bpfcc_isa::{AluOp, AtomicOp, Callee, Cond, Imm64, Insn, SLOT_BYTES, SwapKind, Width};
use bpfcc_isa::{decode_at, helpers};

use crate::btf::{BtfType, Kind};
use crate::ext::LineInfo;
use crate::maps::{self, MapDef, Notation};
use crate::{Object, Section, SectionId, SectionKind, Symbol};

/// The section of programs that are called by others.
const TEXT: &str = ".text";

/// Instructions that kernels before [`Feature::LongPrograms`] took.
const SHORT_PROGRAM: u64 = 4096;

/// `bpf_tail_call`.
const TAIL_CALL: i32 = 12;

/// Something that not every kernel has.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// A helper.
    Helper(i32),
    /// A function of the kernel.
    Kfunc(String),
    /// A map of this name and type.
    Map(String, u32),
    /// A map of this name with these flags.
    MapFlags(String, u32),
    /// Programs in this section.
    Section(String),
    /// Anything else.
    Feature(Feature),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Helper(id) => match helpers::helper_by_id(*id) {
                Some(helper) => write!(f, "helper `{}`", helper.name()),
                None => write!(f, "helper number {id}"),
            },
            What::Kfunc(name) => write!(f, "kernel function `{name}`"),
            What::Map(name, number) => match MapKind::from_number(*number) {
                Some(kind) => write!(f, "map `{name}` of type {kind}"),
                None => write!(f, "map `{name}` of type {number}"),
            },
            What::MapFlags(name, flags) => write!(f, "flags {flags:#x} of map `{name}`"),
            What::Section(name) => write!(f, "programs in section `{name}`"),
            What::Feature(feature) => f.write_str(feature.what()),
        }
    }
}

/// Where an object needs something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// The section of code.
    pub section: SectionId,
    /// Byte offset of the instruction.
    pub offset: u64,
}

/// Something that an object needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// What it is.
    pub what: What,
    /// The first kernel that has it; `None` if no release is known to.
    pub since: Option<Version>,
    /// The first instruction that needs it, if one does.
    pub place: Option<Place>,
}

impl Object {
    /// What the object needs of the kernel, newest first, everything once.
    pub fn needs(&self) -> Vec<Need> {
        let definitions = maps::definitions(self).into_iter().flatten();
        let mut collector = Collector {
            object: self,
            // Tables of 2014 are for the bundled runtime.
            maps: definitions
                .filter(|map| is_for_kernels(self, map.section))
                .collect(),
            places: BTreeMap::new(),
        };
        collector.sections();
        collector.maps();
        collector.programs();
        let needs = collector.places.into_iter();
        let mut needs: Vec<Need> = needs
            .map(|(what, place)| Need {
                since: since(&what),
                what,
                place,
            })
            .collect();
        // What no release has is newest of all. The sort keeps the order of what came together.
        needs.sort_by_key(|need| std::cmp::Reverse((need.since.is_none(), need.since)));
        needs
    }

    /// The line of the source that an instruction comes from, if the object says so.
    pub fn line_at(&self, place: Place) -> Option<&LineInfo> {
        let section = self.section(place.section)?;
        let lines = self.ext.as_ref()?.section(&section.name)?;
        lines.line_at(u32::try_from(place.offset).ok()?)
    }
}

/// The first kernel that has something.
fn since(what: &What) -> Option<Version> {
    match what {
        What::Helper(id) => kernel::helper_since(*id),
        // A function of 2014 that nothing has adapted: the bundled runtime has it, no kernel does.
        What::Kfunc(name) if helpers::named_2014(name).is_some() => None,
        What::Kfunc(name) => Some(kernel::kfunc_since(name)),
        What::Map(_, number) => kernel::map_since(MapKind::from_number(*number)?),
        What::MapFlags(_, flags) => kernel::map_flags_since(*flags),
        What::Section(name) => kernel::section_since(name),
        What::Feature(feature) => Some(feature.since()),
    }
}

struct Collector<'a> {
    object: &'a Object,
    maps: Vec<MapDef>,
    /// What is needed, and the first place where it is.
    places: BTreeMap<What, Option<Place>>,
}

impl<'a> Collector<'a> {
    fn need(&mut self, what: What, place: Option<Place>) {
        let first = self.places.entry(what).or_insert(place);
        *first = match (*first, place) {
            (Some(first), Some(place)) => Some(first.min(place)),
            (first, place) => first.or(place),
        };
    }

    fn feature(&mut self, feature: Feature, place: Place) {
        self.need(What::Feature(feature), Some(place));
    }

    // Code.

    fn sections(&mut self) {
        let object = self.object;
        for (id, section) in object.sections() {
            if section.kind != SectionKind::Code {
                continue;
            }
            let start = Place {
                section: id,
                offset: 0,
            };
            let program = program_type_for_section(&section.name);
            if program.is_some_and(|program| program.number.is_some()) {
                self.need(What::Section(section.name.clone()), Some(start));
            }
            for (offset, insn) in insns(object, section) {
                let place = Place {
                    section: id,
                    offset,
                };
                self.insn(&insn, place);
                self.reference(&insn, section, place);
            }
            let info = object
                .ext
                .as_ref()
                .and_then(|ext| ext.section(&section.name));
            if let Some(relo) = info.and_then(|info| info.relos.first()) {
                let offset = relo.offset.into();
                self.feature(Feature::CoreRelocations, Place { offset, ..start });
            }
        }
    }

    /// What the instruction itself needs.
    fn insn(&mut self, insn: &Insn, place: Place) {
        if let Some(feature) = feature_of(insn) {
            self.feature(feature, place);
        }
        if let Insn::Jump {
            width: Width::W32, ..
        } = insn
        {
            self.feature(Feature::Jump32, place);
        }
        if insn.jump_offset().is_some_and(|distance| distance < 0) {
            self.feature(Feature::Loops, place);
        }
    }

    /// What the symbol needs that the instruction refers to.
    fn reference(&mut self, insn: &Insn, section: &'a Section, place: Place) {
        let symbol = symbol_at(self.object, section, place.offset);
        match (insn, symbol) {
            (Insn::Call(_), Some(symbol)) if symbol.section.is_none() => {
                self.need(What::Kfunc(symbol.name.clone()), Some(place));
            }
            (Insn::Call(Callee::Local(_)), _) | (Insn::Call(_), Some(_)) => {
                self.feature(Feature::LocalCalls, place);
            }
            (Insn::Call(Callee::Helper(id)), None) => self.need(What::Helper(*id), Some(place)),
            (Insn::LoadImm64 { .. }, Some(symbol)) => self.address(symbol, place),
            (
                Insn::LoadImm64 {
                    value: Imm64::Code(_),
                    ..
                },
                None,
            ) => self.feature(Feature::FunctionPointers, place),
            _ => {}
        }
    }

    /// The address of something.
    fn address(&mut self, symbol: &'a Symbol, place: Place) {
        let Some(id) = symbol.section else {
            match self.extern_section(&symbol.name) {
                Some(".kconfig") => self.feature(Feature::GlobalData, place),
                Some(".ksyms") => self.feature(Feature::KernelVariables, place),
                _ => {}
            }
            return;
        };
        let Some(section) = self.object.section(id) else {
            return;
        };
        if section.kind == SectionKind::Code {
            self.feature(Feature::FunctionPointers, place);
        } else if !is_for_kernels(self.object, id) {
            self.feature(Feature::GlobalData, place);
        } else {
            let is_meant = |map: &&MapDef| map.section == id && map.offset == symbol.value;
            let whats: Vec<What> = self.maps.iter().filter(is_meant).flat_map(of_map).collect();
            for what in whats {
                self.need(what, Some(place));
            }
        }
    }

    /// The section that a variable is in that is defined elsewhere and has a type.
    fn extern_section(&self, name: &str) -> Option<&'a str> {
        let btf = self.object.btf.as_ref()?;
        let id = btf.find_by_name_kind(name, Kind::Var)?;
        let Some(BtfType::Var { ty, .. }) = btf.get(id) else {
            return None;
        };
        btf.get(btf.strip(*ty))?;
        btf.iter().find_map(|(_, ty)| match ty {
            BtfType::DataSec { name, vars, .. } if vars.iter().any(|var| var.ty == id) => {
                Some(name.as_str())
            }
            _ => None,
        })
    }

    // Maps.

    /// Maps that no instruction names, too.
    fn maps(&mut self) {
        let whats: Vec<What> = self.maps.iter().flat_map(of_map).collect();
        for what in whats {
            self.need(what, None);
        }
    }

    // Programs with all functions that they call.

    fn programs(&mut self) {
        let functions = functions(self.object);
        for (index, function) in functions.iter().enumerate() {
            if function.section_name == TEXT {
                continue;
            }
            let reached = reached(&functions, index);
            let slots: u64 = reached.iter().map(|&at| functions[at].slots).sum();
            if slots > SHORT_PROGRAM {
                self.feature(Feature::LongPrograms, function.place);
            }
            let mut tail_calls = reached.iter().filter_map(|&at| functions[at].tail_call);
            if let (Some(place), 2..) = (tail_calls.next(), reached.len()) {
                self.feature(Feature::TailCallsBesideCalls, place);
            }
        }
    }
}

/// What a map needs: its type, and its flags if it has any.
fn of_map(map: &MapDef) -> impl Iterator<Item = What> {
    let name = || map.name.clone();
    let flags = (map.flags != 0).then(|| What::MapFlags(name(), map.flags));
    [What::Map(name(), map.kind)].into_iter().chain(flags)
}

/// Whether the section defines maps that a kernel creates.
fn is_for_kernels(object: &Object, section: SectionId) -> bool {
    let notation = object.section(section).and_then(Notation::of);
    matches!(notation, Some(Notation::Btf | Notation::Legacy))
}

/// A function of the object.
struct Function<'a> {
    section_name: &'a str,
    place: Place,
    slots: u64,
    /// Where the functions start that it calls.
    calls: Vec<Place>,
    tail_call: Option<Place>,
}

fn functions(object: &Object) -> Vec<Function<'_>> {
    let mut functions = Vec::new();
    for (id, section) in object.sections() {
        if section.kind != SectionKind::Code {
            continue;
        }
        let mut starts: Vec<u64> = object
            .symbols_in(id)
            .filter(|(_, symbol)| symbol.kind == crate::SymbolKind::Func)
            .map(|(_, symbol)| symbol.value)
            .collect();
        starts.push(0);
        starts.sort_unstable();
        starts.dedup();
        let code: Vec<(u64, Insn)> = insns(object, section).collect();
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(section.size);
            let body = code.iter().filter(|(at, _)| (start..end).contains(at));
            let place = |offset| Place {
                section: id,
                offset,
            };
            let calls = body
                .clone()
                .filter_map(|(at, insn)| callee(object, section, place(*at), insn));
            let mut tail_calls =
                body.filter(|(_, insn)| *insn == Insn::Call(Callee::Helper(TAIL_CALL)));
            functions.push(Function {
                section_name: &section.name,
                place: place(start),
                slots: (end.saturating_sub(start)) / SLOT_BYTES as u64,
                calls: calls.collect(),
                tail_call: tail_calls.next().map(|(at, _)| place(*at)),
            });
        }
    }
    functions
}

/// Where the function starts that an instruction calls.
fn callee(object: &Object, section: &Section, place: Place, insn: &Insn) -> Option<Place> {
    let Insn::Call(Callee::Local(distance)) = insn else {
        return None;
    };
    let ahead = i64::from(*distance).checked_add(1)? * SLOT_BYTES as i64;
    let (section, base) = match symbol_at(object, section, place.offset) {
        Some(symbol) => (symbol.section?, symbol.value),
        None => (place.section, place.offset),
    };
    let offset = base.checked_add_signed(ahead)?;
    Some(Place { section, offset })
}

/// The symbol that an instruction refers to. Relocations are sorted by offset.
fn symbol_at<'a>(object: &'a Object, section: &Section, offset: u64) -> Option<&'a Symbol> {
    let relocs = &section.relocs;
    let index = relocs.binary_search_by_key(&offset, |reloc| reloc.offset);
    object.symbol(relocs.get(index.ok()?)?.symbol)
}

/// The functions that one leads to, itself among them.
fn reached(functions: &[Function<'_>], from: usize) -> Vec<usize> {
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(&at) = reached.get(next) {
        next += 1;
        for call in &functions[at].calls {
            let callee = functions
                .iter()
                .position(|function| function.place == *call);
            reached.extend(callee.filter(|callee| !reached.contains(callee)));
        }
    }
    reached
}

/// The instructions of a section, each with its byte offset, up to the first that is none.
fn insns<'a>(object: &'a Object, section: &'a Section) -> impl Iterator<Item = (u64, Insn)> + 'a {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let insn = decode_at(&section.data, offset, object.endian).ok()?;
        let at = offset as u64;
        offset += insn.slots() * SLOT_BYTES;
        Some((at, insn))
    })
}

/// What an instruction needs beyond the first version of the instruction set.
fn feature_of(insn: &Insn) -> Option<Feature> {
    Some(match insn {
        Insn::Jump {
            cond: Cond::Lt | Cond::Le | Cond::Slt | Cond::Sle,
            ..
        } => Feature::LessThanJumps,
        Insn::Atomic { op, fetch, .. } if *fetch || *op != AtomicOp::Add => {
            Feature::FetchingAtomics
        }
        Insn::Alu {
            op: AluOp::Sdiv | AluOp::Smod,
            ..
        } => Feature::SignedDivision,
        Insn::MovSx { .. } | Insn::Load { signed: true, .. } => Feature::SignExtension,
        Insn::Swap {
            kind: SwapKind::Always,
            ..
        } => Feature::Bswap,
        Insn::GotoLong { .. } => Feature::LongJump,
        Insn::MayGoto { .. } => Feature::MayGoto,
        Insn::AddrSpaceCast { .. } => Feature::AddrSpaceCast,
        Insn::LoadAcquire { .. } | Insn::StoreRelease { .. } => Feature::AcquireRelease,
        Insn::GotoReg { .. } => Feature::IndirectJump,
        _ => return None,
    })
}
