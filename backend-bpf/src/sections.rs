//! Functions and globals into sections, with the symbols and relocations that loaders expect.
//!
//! Programs lie in the section their attribute names, other functions in `.text`, as libbpf wants it. References follow
//! clang: to a global by its symbol; to a static function by the symbol of its section with the distance in the instruction,
//! since libbpf takes the address of a static function in this form only (`sym_is_subprog` there); to a function that is only
//! declared by an undefined symbol, which a loader resolves by name.

use bpfcc_ir::entity::SecondaryMap;
use bpfcc_ir::{FuncId, Global, GlobalId, GlobalKind, Linkage, Module, SymbolRef};
use bpfcc_isa::{self as isa, Callee, Imm64, Insn};
use bpfcc_object::{
    Binding, Object, Reloc, RelocKind, Section, SectionId, SectionKind, Symbol, SymbolId,
    SymbolKind,
};

use crate::emit::{Emitted, Reference};

const TEXT: &str = ".text";

/// An object and where in it everything is.
#[derive(Debug)]
pub(crate) struct Linked {
    pub(crate) object: Object,
    pub(crate) functions: SecondaryMap<FuncId, Option<Position>>,
    pub(crate) globals: SecondaryMap<GlobalId, Option<Position>>,
}

/// A place in a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    pub(crate) section: SectionId,
    pub(crate) offset: u64,
}

/// Builds everything but the debug information.
pub(crate) fn lay_out(module: &Module, functions: &[(FuncId, Vec<Emitted>)]) -> Linked {
    let mut linker = Linker {
        module,
        linked: Linked {
            object: Object {
                endian: module.endian,
                ..Object::default()
            },
            functions: SecondaryMap::new(),
            globals: SecondaryMap::new(),
        },
        function_symbols: SecondaryMap::new(),
        global_symbols: SecondaryMap::new(),
    };
    for (func, code) in functions {
        linker.place_function(*func, code);
    }
    for (id, global) in module.globals.iter() {
        linker.place_global(id, global);
    }
    for (func, code) in functions {
        linker.encode_function(*func, code);
    }
    for (id, global) in module.globals.iter() {
        linker.relocate_global(id, global);
    }
    for section in &mut linker.linked.object.sections {
        section.relocs.sort_by_key(|reloc| reloc.offset);
    }
    linker.linked
}

struct Linker<'a> {
    module: &'a Module,
    linked: Linked,
    function_symbols: SecondaryMap<FuncId, Option<SymbolId>>,
    global_symbols: SecondaryMap<GlobalId, Option<SymbolId>>,
}

impl Linker<'_> {
    /// The section of this name, made if there is none.
    fn section(&mut self, name: &str, kind: SectionKind) -> SectionId {
        if let Some((id, _)) = self.linked.object.section_by_name(name) {
            return id;
        }
        self.linked.object.add_section(Section {
            name: name.to_string(),
            kind,
            data: Vec::new(),
            size: 0,
            align: 1,
            relocs: Vec::new(),
        })
    }

    fn section_mut(&mut self, id: SectionId) -> &mut Section {
        &mut self.linked.object.sections[id.0]
    }

    /// Room for `size` bytes at the end of a section.
    fn reserve(&mut self, section: SectionId, size: u64, align: u64) -> Position {
        let data = self.section_mut(section);
        data.align = data.align.max(align);
        let offset = data.size.next_multiple_of(align);
        data.size = offset + size;
        if data.kind != SectionKind::Bss {
            data.data.resize(data.size as usize, 0);
        }
        Position { section, offset }
    }

    fn place_function(&mut self, id: FuncId, code: &[Emitted]) {
        let func = &self.module.functions[id];
        let name = func.section.as_deref().unwrap_or(TEXT);
        let section = self.section(name, SectionKind::Code);
        let slots: usize = code.iter().map(|emitted| emitted.insn.slots()).sum();
        let size = (slots * isa::SLOT_BYTES) as u64;
        let position = self.reserve(section, size, isa::SLOT_BYTES as u64);
        self.linked.functions[id] = Some(position);
        let symbol = symbol(&func.name, func.linkage, SymbolKind::Func, position, size);
        self.function_symbols[id] = Some(self.linked.object.add_symbol(symbol));
    }

    fn place_global(&mut self, id: GlobalId, global: &Global) {
        if global.kind == GlobalKind::Extern {
            return;
        }
        let kind = section_kind(self.module, &global.section);
        let section = self.section(&global.section, kind);
        let (size, align) = (u64::from(global.size), u64::from(global.align.max(1)));
        let position = self.reserve(section, size, align);
        if kind != SectionKind::Bss {
            let start = position.offset as usize;
            let data = &mut self.section_mut(section).data;
            data[start..start + global.data.len()].copy_from_slice(&global.data);
        }
        self.linked.globals[id] = Some(position);
        let symbol = symbol(
            &global.name,
            global.linkage,
            SymbolKind::Object,
            position,
            size,
        );
        self.global_symbols[id] = Some(self.linked.object.add_symbol(symbol));
    }

    fn encode_function(&mut self, id: FuncId, code: &[Emitted]) {
        let Some(Position { section, offset }) = self.linked.functions[id] else {
            return;
        };
        let mut bytes = Vec::new();
        for emitted in code {
            let mut insn = emitted.insn;
            if let Some((symbol, kind)) = emitted.reference.and_then(Reference::symbol) {
                let (symbol, addend) = self.code_symbol(symbol);
                insn = with_addend(insn, addend);
                let offset = offset + bytes.len() as u64;
                self.section_mut(section).relocs.push(Reloc {
                    offset,
                    symbol,
                    kind,
                });
            }
            isa::encode_one(&insn, self.module.endian, &mut bytes);
        }
        let start = offset as usize;
        self.section_mut(section).data[start..start + bytes.len()].copy_from_slice(&bytes);
    }

    fn relocate_global(&mut self, id: GlobalId, global: &Global) {
        let Some(Position { section, offset }) = self.linked.globals[id] else {
            return;
        };
        for &(at, target, addend) in &global.pointers {
            let symbol = match target {
                SymbolRef::Func(func) => self.function_symbol(func),
                SymbolRef::Global(global) => self.global_symbol(global),
            };
            let mut bytes = addend.to_le_bytes();
            self.module.endian.arrange(&mut bytes);
            let offset = offset + u64::from(at);
            let start = offset as usize;
            let section = self.section_mut(section);
            section.data[start..start + bytes.len()].copy_from_slice(&bytes);
            section.relocs.push(Reloc {
                offset,
                symbol,
                kind: RelocKind::Abs64,
            });
        }
    }

    /// The symbol that an instruction refers to, and the bytes to add to it.
    fn code_symbol(&mut self, target: SymbolRef) -> (SymbolId, u64) {
        match target {
            SymbolRef::Global(global) => (self.global_symbol(global), 0),
            SymbolRef::Func(func) => match self.linked.functions[func] {
                Some(Position { section, offset })
                    if self.module.functions[func].linkage == Linkage::Local =>
                {
                    (self.linked.object.section_symbol(section), offset)
                }
                _ => (self.function_symbol(func), 0),
            },
        }
    }

    fn function_symbol(&mut self, id: FuncId) -> SymbolId {
        let func = &self.module.functions[id];
        let object = &mut self.linked.object;
        *self.function_symbols[id]
            .get_or_insert_with(|| object.add_symbol(undefined(&func.name, func.linkage)))
    }

    fn global_symbol(&mut self, id: GlobalId) -> SymbolId {
        let global = &self.module.globals[id];
        let object = &mut self.linked.object;
        *self.global_symbols[id]
            .get_or_insert_with(|| object.add_symbol(undefined(&global.name, global.linkage)))
    }
}

impl Reference {
    /// The symbol that is referred to, and how.
    pub(crate) fn symbol(self) -> Option<(SymbolRef, RelocKind)> {
        match self {
            Reference::Call(func) => Some((SymbolRef::Func(func), RelocKind::Call)),
            Reference::Address(symbol) => Some((symbol, RelocKind::Imm64)),
            Reference::Core(_) => None,
        }
    }
}

/// Adds bytes to the distance of a call or to the constant of an `lddw`. Code is small: the addend fits 32 bits.
fn with_addend(insn: Insn, addend: u64) -> Insn {
    match insn {
        Insn::Call(Callee::Local(slots)) => {
            let addend = addend / isa::SLOT_BYTES as u64;
            Insn::Call(Callee::Local(slots + addend as i32))
        }
        Insn::LoadImm64 {
            dst,
            value: Imm64::Const(value),
        } => Insn::LoadImm64 {
            dst,
            value: Imm64::Const(value + addend),
        },
        other => other,
    }
}

fn symbol(name: &str, linkage: Linkage, kind: SymbolKind, position: Position, size: u64) -> Symbol {
    Symbol {
        name: name.to_string(),
        section: Some(position.section),
        value: position.offset,
        size,
        kind,
        binding: match linkage {
            Linkage::Local => Binding::Local,
            Linkage::Global | Linkage::Hidden => Binding::Global,
            Linkage::Weak | Linkage::WeakHidden => Binding::Weak,
        },
        hidden: linkage.is_hidden(),
    }
}

/// libbpf takes an undefined symbol for an extern only if it has no type.
fn undefined(name: &str, linkage: Linkage) -> Symbol {
    Symbol {
        name: name.to_string(),
        section: None,
        value: 0,
        size: 0,
        kind: SymbolKind::NoType,
        binding: match linkage {
            weak if weak.is_weak() => Binding::Weak,
            _ => Binding::Global,
        },
        hidden: false,
    }
}

/// What a data section is, judged by its name and by all globals in it.
fn section_kind(module: &Module, name: &str) -> SectionKind {
    let globals = || module.globals.values().filter(|g| g.section == name);
    let is_zero = |g: &Global| g.pointers.is_empty() && g.data.iter().all(|&byte| byte == 0);
    if (name == ".bss" || name.starts_with(".bss.")) && globals().all(is_zero) {
        SectionKind::Bss
    } else if globals().all(|g| g.kind == GlobalKind::String) {
        SectionKind::Strings
    } else if globals().all(|g| matches!(g.kind, GlobalKind::ReadOnly | GlobalKind::String)) {
        SectionKind::ReadOnlyData
    } else {
        SectionKind::Data
    }
}
