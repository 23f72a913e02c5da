//! C types and lines to `.BTF` and `.BTF.ext`, and from there to DWARF if that is asked for.
//!
//! Only types that a function or global of the object needs are described. A struct that is reached only through a pointer
//! member of another struct is declared, not described (clang does the same): a program that mentions one kernel type would
//! otherwise carry half of the kernel's types. Arrays of pointers and types of functions are followed nevertheless, again as
//! clang does: loaders and tools are used to what it leaves out and what not. In a map definition pointer members *are* the definition of key and value, so
//! there they are followed.
//!
//! ```text
//!  __type(value, struct event)  ═  struct event *value;   in .maps: event whole
//!  struct task { struct mm *mm; … }                       elsewhere: mm declared
//! ```

use std::collections::BTreeMap;

use bpfcc_ir::debug::{
    DebugInfo, DebugType, DeclTag, IntEncoding, Qualifier, SourceFile, SourceLoc,
};
use bpfcc_ir::entity::{DebugTypeId, SecondaryMap};
use bpfcc_ir::{FuncId, Function, Global, GlobalKind, Linkage, Module};
use bpfcc_isa::SLOT_BYTES;
use bpfcc_object::btf::{
    self, Btf, BtfType, Enumerator, FwdKind, Member, Param, SectionVar, TypeId,
};
use bpfcc_object::dwarf::{self, Place, Places};
use bpfcc_object::ext::{BtfExt, FuncInfo, LineInfo};

use crate::Options;
use crate::core_relo;
use crate::emit::Emitted;
use crate::sections::Linked;

/// Adds types, functions, variables and lines to the object.
pub(crate) fn describe(
    module: &Module,
    functions: &[(FuncId, Vec<Emitted>)],
    options: &Options,
    linked: &mut Linked,
) {
    let mut types = Types::new(&module.debug, reach(module));
    types.convert_all();
    types.add_type_tags();
    let mut ext = BtfExt::default();
    let lines = SourceLines::new(&module.debug);
    for (id, code) in functions {
        let func = &module.functions[*id];
        let Some(position) = linked.functions[*id] else {
            continue;
        };
        let endian = linked.object.endian;
        let section = &mut linked.object.sections[position.section.0];
        let info = ext.section_mut(&section.name);
        let offset = position.offset as u32;
        let func_type = types.add_function(func, linkage(func.linkage));
        info.funcs.push(FuncInfo {
            offset,
            func: func_type,
        });
        info.lines.extend(lines.of_code(func, code, offset));
        let relos = core_relo::of_code(module, code, offset, |ty| types.ids[ty]);
        core_relo::write_type_ids(&relos, &mut section.data, endian);
        info.relos.extend(relos);
    }
    types.add_data_sections(module, linked);
    linked.object.btf = Some(types.btf);
    // libbpf refuses a `.BTF.ext` that is about nothing.
    linked.object.ext = (!ext.sections.is_empty()).then_some(ext);
    if let Some(unit) = &options.dwarf {
        dwarf::add(&mut linked.object, unit, &types.places)
            .expect("what one file declares fits into the 4 GiB that a section may have");
    }
}

// Which types are needed.

/// The member of a map's definition that holds the definition of the maps in it.
const INNER_MAPS: &str = "values";

/// How a type is needed; the later ones include the earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
enum Need {
    #[default]
    Nowhere,
    /// Behind a pointer in a struct: of a struct with a name only the name.
    BehindMember,
    /// Within a struct.
    Member,
    /// By a function or variable itself, or as part of an array or of a function's type.
    Direct,
    /// As part of the definition of a map.
    Map,
    /// As the definition of a map, or of the maps in it.
    MapDefinition,
}

fn reach(module: &Module) -> SecondaryMap<DebugTypeId, Need> {
    let mut needs: SecondaryMap<DebugTypeId, Need> = SecondaryMap::new();
    let functions = module.functions.values().filter_map(|func| func.debug.ty);
    let mut pending: Vec<(DebugTypeId, Need)> = functions.map(|ty| (ty, Need::Direct)).collect();
    for global in module.globals.values() {
        let is_map = global.kind == GlobalKind::Map || global.section == ".maps";
        let need = if is_map {
            Need::MapDefinition
        } else {
            Need::Direct
        };
        pending.extend(global.debug_type.map(|ty| (ty, need)));
    }
    let roots = module.core.values().map(|relo| relo.root);
    let roots = roots.filter(|&root| module.debug.types.is_valid(root));
    pending.extend(roots.map(|root| (root, Need::Direct)));
    while let Some((id, need)) = pending.pop() {
        if need > needs[id] {
            needs[id] = need;
            push_parts(&module.debug.types[id], need, &mut pending);
        }
    }
    needs
}

/// What a type needed in this way needs in turn.
fn push_parts(ty: &DebugType, need: Need, pending: &mut Vec<(DebugTypeId, Need)>) {
    match ty {
        DebugType::Int { .. }
        | DebugType::Float { .. }
        | DebugType::Forward { .. }
        | DebugType::Enum { .. } => {}
        DebugType::Pointer(target) => {
            let need = match need {
                Need::Member => Need::BehindMember,
                other => other,
            };
            pending.extend(target.map(|target| (target, need)));
        }
        // A tagged pointer is there to be followed.
        DebugType::Tagged { target, .. } => {
            pending.extend(target.map(|target| (target, need.max(Need::Member))));
        }
        DebugType::Qualified(_, target) | DebugType::Typedef { target, .. } => {
            pending.extend(target.map(|target| (target, need)));
        }
        DebugType::Array { element, .. } => pending.push((*element, need.max(Need::Direct))),
        DebugType::Composite { name, members, .. } => {
            let need = match need {
                Need::BehindMember if !name.is_empty() => return,
                Need::MapDefinition => Need::Map,
                _ => Need::Member,
            };
            pending.extend(members.iter().map(|member| {
                let is_inner = need == Need::Map && member.name == INNER_MAPS;
                let need = if is_inner { Need::MapDefinition } else { need };
                (member.ty, need)
            }));
        }
        DebugType::FuncProto { result, params, .. } => {
            let need = need.max(Need::Direct);
            pending.extend(result.map(|result| (result, need)));
            pending.extend(params.iter().map(|&(_, param)| (param, need)));
        }
    }
}

// Conversion.

/// The graph under construction. Types get their numbers before any is converted, so cycles need no care.
struct Types<'a> {
    debug: &'a DebugInfo,
    needs: SecondaryMap<DebugTypeId, Need>,
    ids: SecondaryMap<DebugTypeId, TypeId>,
    btf: Btf,
    /// The type of array indices, which C does not have and the kernel demands.
    index: TypeId,
    /// Where functions and variables are declared, which BTF does not say.
    places: Places,
}

impl<'a> Types<'a> {
    fn new(debug: &'a DebugInfo, needs: SecondaryMap<DebugTypeId, Need>) -> Types<'a> {
        let mut btf = Btf::new();
        let index = btf.add(BtfType::Int {
            name: "__ARRAY_SIZE_TYPE__".to_string(),
            size: 4,
            encoding: btf::IntEncoding::Unsigned,
            bits: 32,
            offset: 0,
        });
        let mut ids = SecondaryMap::new();
        let needed = debug.types.keys().filter(|&id| needs[id] > Need::Nowhere);
        for (id, number) in needed.zip(index.0 + 1..) {
            ids[id] = TypeId(number);
        }
        Types {
            debug,
            needs,
            ids,
            btf,
            index,
            places: Places::new(),
        }
    }

    fn convert_all(&mut self) {
        for (id, ty) in self.debug.types.iter() {
            if self.needs[id] > Need::Nowhere {
                let converted = self.convert(ty, self.needs[id]);
                self.btf.push(converted);
            }
        }
    }

    fn id(&self, ty: Option<DebugTypeId>) -> TypeId {
        ty.map_or(TypeId::VOID, |ty| self.ids[ty])
    }

    fn convert(&self, ty: &DebugType, need: Need) -> BtfType {
        match ty {
            DebugType::Int {
                name,
                bytes,
                encoding,
            } => BtfType::Int {
                name: name.clone(),
                size: *bytes,
                encoding: int_encoding(*encoding),
                bits: (*bytes * 8) as u8,
                offset: 0,
            },
            DebugType::Float { name, bytes } => BtfType::Float {
                name: name.clone(),
                size: *bytes,
            },
            DebugType::Pointer(target) => BtfType::Ptr {
                target: self.id(*target),
            },
            DebugType::Array { element, count } => BtfType::Array {
                element: self.id(Some(*element)),
                index: self.index,
                count: *count,
            },
            DebugType::Composite { name, is_union, .. }
                if need == Need::BehindMember && !name.is_empty() =>
            {
                forward(name, *is_union)
            }
            DebugType::Composite {
                name,
                is_union,
                bytes,
                members,
            } => {
                let members = members.iter().map(|member| Member {
                    name: identifier(&member.name),
                    ty: self.id(Some(member.ty)),
                    bit_offset: member.bit_offset,
                    bit_size: member.bit_width.unwrap_or(0),
                });
                let (name, size, members) = (identifier(name), *bytes, members.collect());
                if *is_union {
                    BtfType::Union {
                        name,
                        size,
                        members,
                    }
                } else {
                    BtfType::Struct {
                        name,
                        size,
                        members,
                    }
                }
            }
            DebugType::Forward { name, is_union } => forward(name, *is_union),
            DebugType::Enum {
                name,
                bytes,
                signed,
                values,
            } => enumeration(name, *bytes, *signed, values),
            DebugType::Typedef { name, target } => BtfType::Typedef {
                name: identifier(name),
                target: self.id(*target),
            },
            DebugType::Tagged { tag, target } => BtfType::TypeTag {
                value: tag.clone(),
                target: self.id(*target),
                attribute: false,
            },
            DebugType::Qualified(qualifier, target) => qualified(*qualifier, self.id(*target)),
            DebugType::FuncProto {
                result,
                params,
                variadic,
            } => {
                let named = params.iter().map(|(name, ty)| Param {
                    name: identifier(name),
                    ty: self.id(Some(*ty)),
                });
                let rest = variadic.then(|| Param {
                    name: String::new(),
                    ty: TypeId::VOID,
                });
                BtfType::FuncProto {
                    result: self.id(*result),
                    params: named.chain(rest).collect(),
                }
            }
        }
    }

    /// Linux wants every function described once any is; without a C type it is `void f(void)`.
    fn add_function(&mut self, func: &Function, linkage: btf::Linkage) -> TypeId {
        let proto = match func.debug.ty {
            Some(ty) => self.ids[ty],
            None => self.btf.add(BtfType::FuncProto {
                result: TypeId::VOID,
                params: Vec::new(),
            }),
        };
        let described = self.btf.add(BtfType::Func {
            name: identifier(&func.name),
            proto,
            linkage,
        });
        self.add_tags(described, &func.debug.tags);
        self.add_place(described, func.debug.loc);
        described
    }

    fn add_place(&mut self, described: TypeId, loc: SourceLoc) {
        let file = self.debug.files.get(loc.file as usize);
        if let Some(file) = file.filter(|_| loc != SourceLoc::UNKNOWN) {
            let (file, line) = file.presumed(loc.line);
            let file = file.to_string();
            self.places.insert(described, Place { file, line });
        }
    }

    fn add_tags(&mut self, target: TypeId, tags: &[DeclTag]) {
        for tag in tags {
            self.btf.add(BtfType::DeclTag {
                value: tag.text.clone(),
                target,
                component: tag.component,
                attribute: false,
            });
        }
    }

    /// Tags of types that are described with all that is in them.
    fn add_type_tags(&mut self) {
        for (ty, tag) in &self.debug.type_tags {
            let target = self.ids[*ty];
            let is_whole = !matches!(self.btf.get(target), None | Some(BtfType::Fwd { .. }));
            if is_whole {
                self.add_tags(target, std::slice::from_ref(tag));
            }
        }
    }

    fn add_variable(&mut self, global: &Global, ty: DebugTypeId, linkage: btf::Linkage) -> TypeId {
        let described = self.btf.add(BtfType::Var {
            name: global.name.clone(),
            ty: self.ids[ty],
            linkage,
        });
        self.add_tags(described, &global.tags);
        self.add_place(described, global.loc);
        described
    }

    /// One DATASEC for each section with described variables; and for `.ksyms` and `.kconfig`, which no file has, for what is
    /// to be found there.
    fn add_data_sections(&mut self, module: &Module, linked: &Linked) {
        let mut sections: BTreeMap<String, (u32, Vec<SectionVar>)> = BTreeMap::new();
        for (id, global) in module.globals.iter() {
            let Some(debug_type) = global.debug_type else {
                continue;
            };
            if identifier(&global.name) != global.name {
                // libbpf looks for the symbol of every variable, and would not find it under another name.
                continue;
            }
            let (linkage, section_size, offset) = match linked.globals[id] {
                Some(position) => {
                    let section = &linked.object.sections[position.section.0];
                    let (size, offset) = (section.size as u32, position.offset as u32);
                    (linkage(global.linkage), size, offset)
                }
                None => (btf::Linkage::Extern, 0, 0),
            };
            let ty = self.add_variable(global, debug_type, linkage);
            if global.section.is_empty() {
                // Another file's; the linker knows where.
                continue;
            }
            let (size, vars) = sections.entry(global.section.clone()).or_default();
            *size = section_size;
            vars.push(SectionVar {
                ty,
                offset,
                size: global.size,
            });
        }
        for func in module
            .functions
            .values()
            .filter(|func| func.is_declaration())
        {
            if func.debug.ty.is_none() {
                continue;
            }
            let ty = self.add_function(func, btf::Linkage::Extern);
            if let Some(section) = &func.section {
                let (_, vars) = sections.entry(section.clone()).or_default();
                let (offset, size) = (0, 0);
                vars.push(SectionVar { ty, offset, size });
            }
        }
        for (name, (size, mut vars)) in sections {
            vars.sort_by_key(|var| var.offset);
            self.btf.add(BtfType::DataSec { name, size, vars });
        }
    }
}

/// A name that Linux takes (`btf_name_valid_identifier`): letters, digits, `_` and `.`. C knows more, `$` and `é`.
fn identifier(name: &str) -> String {
    let is_taken = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    name.chars()
        .map(|c| if is_taken(c) { c } else { '_' })
        .collect()
}

fn int_encoding(encoding: IntEncoding) -> btf::IntEncoding {
    match encoding {
        IntEncoding::Unsigned => btf::IntEncoding::Unsigned,
        // clang calls `char` signed, and so does everybody who compares.
        IntEncoding::Signed | IntEncoding::Char => btf::IntEncoding::Signed,
        IntEncoding::Bool => btf::IntEncoding::Bool,
    }
}

fn forward(name: &str, is_union: bool) -> BtfType {
    BtfType::Fwd {
        name: identifier(name),
        kind: if is_union {
            FwdKind::Union
        } else {
            FwdKind::Struct
        },
    }
}

fn enumeration(name: &str, size: u32, signed: bool, values: &[(String, i128)]) -> BtfType {
    let name = identifier(name);
    let values = values.iter().map(|(name, value)| Enumerator {
        name: identifier(name),
        value: *value,
    });
    let values = values.collect();
    if size > 4 {
        BtfType::Enum64 {
            name,
            size,
            signed,
            values,
        }
    } else {
        BtfType::Enum {
            name,
            size,
            signed,
            values,
        }
    }
}

fn qualified(qualifier: Qualifier, target: TypeId) -> BtfType {
    match qualifier {
        Qualifier::Const => BtfType::Const { target },
        Qualifier::Volatile => BtfType::Volatile { target },
        Qualifier::Restrict => BtfType::Restrict { target },
    }
}

fn linkage(linkage: Linkage) -> btf::Linkage {
    match linkage {
        Linkage::Local => btf::Linkage::Static,
        _ => btf::Linkage::Global,
    }
}

// Lines.

/// The source files, split into lines.
struct SourceLines<'a> {
    files: Vec<(&'a SourceFile, Vec<&'a str>)>,
}

impl<'a> SourceLines<'a> {
    fn new(debug: &'a DebugInfo) -> SourceLines<'a> {
        let files = debug.files.iter();
        let files = files.map(|file| (file, file.text.lines().collect()));
        SourceLines {
            files: files.collect(),
        }
    }

    /// A record wherever the line changes, and one for the first instruction, which Linux demands.
    fn of_code(&self, func: &Function, code: &[Emitted], start: u32) -> Vec<LineInfo> {
        let mut records = Vec::new();
        let mut current = None;
        let mut offset = start;
        for emitted in code {
            let loc = match (emitted.loc, current) {
                (SourceLoc::UNKNOWN, None) => Some(func.debug.loc),
                (SourceLoc::UNKNOWN, Some(_)) => None,
                (loc, _) => Some(loc),
            };
            if let Some(loc) = loc.filter(|loc| current != Some((loc.file, loc.line))) {
                current = Some((loc.file, loc.line));
                records.push(self.record(loc, offset));
            }
            offset += (emitted.insn.slots() * SLOT_BYTES) as u32;
        }
        records
    }

    fn record(&self, loc: SourceLoc, offset: u32) -> LineInfo {
        let (lines, (file, line)) = match self.files.get(loc.file as usize) {
            Some((file, lines)) => (lines.as_slice(), file.presumed(loc.line)),
            None => ([].as_slice(), ("", loc.line)),
        };
        let text = (loc.line as usize).checked_sub(1);
        let text = text.and_then(|index| lines.get(index)).unwrap_or(&"");
        LineInfo {
            offset,
            file: file.to_string(),
            text: text.to_string(),
            line,
            column: loc.column,
        }
    }
}
