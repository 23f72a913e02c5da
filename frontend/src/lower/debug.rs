//! C types for debug information.
//!
//! Every type is described once and has its number before its parts are looked at, since structs point to each other in
//! circles. A header like `vmlinux.h` connects ten thousand types by pointers; to carry only what a program is about, a struct
//! that is reached through a pointer in another struct alone stays a declaration ([`DebugType::Forward`]), as with clang.

use std::collections::{HashMap, HashSet};

use bpfcc_ir::debug::{DebugInfo, DebugMember, DebugType, DeclTag, IntEncoding, Qualifier};
use bpfcc_ir::entity::{DebugTypeId, PrimaryMap};

use crate::tree::core_relo::CorePath;
use crate::tree::reach::Used;
use crate::tree::visit::{Visitor, walk_block, walk_expr, walk_place};
use crate::tree::{Expr, ExprKind, Function, Global, GlobalKind, Place, Unit};
use crate::types::{
    FunctionType, IntKind, QualType, Quals, Record, RecordDef, RecordId, RecordKind, TypeId,
    TypeKind, Types,
};

/// Describes types, each once.
pub(super) struct DebugTypes<'a> {
    types: &'a Types,
    /// Structs that are described with their members.
    complete: HashSet<RecordId>,
    described: PrimaryMap<DebugTypeId, DebugType>,
    numbers: HashMap<QualType, DebugTypeId>,
    /// `btf_type_tag`s by text and type.
    tagged: HashMap<(String, Option<DebugTypeId>), DebugTypeId>,
    /// `btf_decl_tag`s of types.
    tags: Vec<(DebugTypeId, DeclTag)>,
}

impl<'a> DebugTypes<'a> {
    /// Finds out what is to be described for the functions and globals that are used.
    pub(super) fn new(unit: &'a Unit, used: &Used) -> DebugTypes<'a> {
        DebugTypes {
            types: &unit.types,
            complete: complete_records(unit, used),
            described: PrimaryMap::new(),
            numbers: HashMap::new(),
            tagged: HashMap::new(),
            tags: Vec::new(),
        }
    }

    /// The type of a function, with the names of its parameters.
    pub(super) fn prototype(&mut self, function: &Function) -> Option<DebugTypeId> {
        let ty = self.types.function_type(function.ty)?;
        let mut ty = ty.clone();
        for (param, &local) in ty.params.iter_mut().zip(&function.params) {
            param.name.clone_from(&function[local].name);
        }
        let description = self.function(&ty);
        Some(self.described.push(description))
    }

    /// Describes a function's parameters and result.
    pub(super) fn describe_parts(&mut self, function: &Function) {
        if let Some(ty) = self.types.function_type(function.ty) {
            for param in &ty.params {
                self.describe(param.ty);
            }
            self.describe(ty.result.unqualified());
        }
    }

    /// The number of a type; `None` for `void`.
    pub(super) fn describe(&mut self, ty: QualType) -> Option<DebugTypeId> {
        let ty = self.without_tags(ty);
        if ty == Types::VOID.unqualified() {
            return None;
        }
        if let Some(&number) = self.numbers.get(&ty) {
            return Some(number);
        }
        let number = self.described.push(DebugType::Pointer(None));
        self.numbers.insert(ty, number);
        let description = self.description(ty);
        self.described[number] = description;
        if ty.quals == Quals::NONE {
            let tags = self.tags_of(ty.ty);
            self.tags.extend(tags.into_iter().map(|tag| (number, tag)));
        }
        Some(number)
    }

    /// All types that were described, and their tags.
    pub(super) fn finish(self, debug: &mut DebugInfo) {
        debug.types = self.described;
        debug.type_tags = self.tags;
    }

    /// What a pointer points to, which alone may carry `btf_type_tag`s. The one that was written last stands nearest to the
    /// pointer, as with clang.
    fn describe_pointee(&mut self, ty: QualType) -> Option<DebugTypeId> {
        let TypeKind::Tagged { tag, inner } = self.types.kind(ty.ty) else {
            return self.describe(ty);
        };
        let target = self.describe_pointee(inner.and(ty.quals));
        let described = &mut self.described;
        let number = self.tagged.entry((tag.clone(), target));
        let number = number.or_insert_with_key(|(tag, target)| {
            described.push(DebugType::Tagged {
                tag: tag.clone(),
                target: *target,
            })
        });
        Some(*number)
    }

    /// The type without what cannot be described: `_Atomic`, address spaces, and `btf_type_tag`s of what no pointer points to.
    fn without_tags(&self, ty: QualType) -> QualType {
        let mut ty = ty;
        while let TypeKind::Tagged { inner, .. } = self.types.kind(ty.ty) {
            ty = inner.and(ty.quals);
        }
        let quals = Quals {
            is_const: ty.quals.is_const,
            is_volatile: ty.quals.is_volatile,
            is_restrict: ty.quals.is_restrict,
            ..Quals::NONE
        };
        ty.ty.with(quals)
    }

    fn description(&mut self, ty: QualType) -> DebugType {
        match outermost_qualifier(ty.quals) {
            Some((qualifier, rest)) => {
                DebugType::Qualified(qualifier, self.describe(ty.ty.with(rest)))
            }
            None => self.shape(ty.ty),
        }
    }

    fn shape(&mut self, ty: TypeId) -> DebugType {
        match self.types.kind(ty) {
            TypeKind::Void => DebugType::Pointer(None),
            TypeKind::Int(kind) => integer(*kind),
            TypeKind::Float(kind) => DebugType::Float {
                name: kind.name().to_owned(),
                bytes: kind.bytes(),
            },
            TypeKind::Enum(id) => {
                let definition = self.types.enumeration(*id);
                DebugType::Enum {
                    name: definition.tag.clone().unwrap_or_default(),
                    bytes: definition.repr.bytes(),
                    signed: definition.repr.is_signed(),
                    values: definition.values.clone().unwrap_or_default(),
                }
            }
            TypeKind::Pointer(pointee) => DebugType::Pointer(self.describe_pointee(*pointee)),
            TypeKind::Array { element, len } => DebugType::Array {
                element: self.describe_object(*element),
                count: u32::try_from(len.unwrap_or(0)).unwrap_or(u32::MAX),
            },
            TypeKind::Function(function) => self.function(&pointed_to(function)),
            TypeKind::Record(id) => self.record(*id),
            TypeKind::Typedef(id) => {
                let typedef = self.types.typedef(*id);
                DebugType::Typedef {
                    name: typedef.name.clone(),
                    target: self.describe(typedef.target),
                }
            }
            TypeKind::Tagged { inner, .. } => self.description(*inner),
        }
    }

    /// The number of a type that is not `void`.
    pub(super) fn describe_object(&mut self, ty: QualType) -> DebugTypeId {
        self.describe(ty)
            .unwrap_or_else(|| panic!("elements, members and parameters are not `void`"))
    }

    fn function(&mut self, ty: &FunctionType) -> DebugType {
        let params = ty.params.iter().map(|param| {
            let name = param.name.clone().unwrap_or_default();
            (name, self.describe_object(param.ty))
        });
        let params = params.collect();
        DebugType::FuncProto {
            result: self.describe(ty.result.unqualified()),
            params,
            variadic: ty.variadic,
        }
    }

    fn record(&mut self, id: RecordId) -> DebugType {
        let record = self.types.record(id);
        let name = record.tag.clone().unwrap_or_default();
        let is_union = record.kind == RecordKind::Union;
        match &record.definition {
            Some(definition) if self.complete.contains(&id) => DebugType::Composite {
                name,
                is_union,
                bytes: u32::try_from(definition.size).unwrap_or(u32::MAX),
                members: self.members(definition),
            },
            _ => DebugType::Forward { name, is_union },
        }
    }

    /// The `btf_decl_tag`s of a type with a name and of its members.
    fn tags_of(&self, ty: TypeId) -> Vec<DeclTag> {
        match self.types.kind(ty) {
            TypeKind::Typedef(id) => DeclTag::whole(&self.types.typedef(*id).tags).collect(),
            TypeKind::Record(id) if self.complete.contains(id) => {
                let definition = self.types.record(*id).definition.iter();
                let tags = definition.flat_map(|definition| {
                    let members = definition.fields.iter().enumerate();
                    let members =
                        members.flat_map(|(number, field)| DeclTag::component(number, &field.tags));
                    DeclTag::whole(&definition.tags).chain(members)
                });
                tags.collect()
            }
            _ => Vec::new(),
        }
    }

    fn members(&mut self, definition: &RecordDef) -> Vec<DebugMember> {
        let fields = definition.fields.iter().map(|field| DebugMember {
            name: field.name.clone().unwrap_or_default(),
            ty: self.describe_object(field.ty),
            bit_offset: u32::try_from(field.bit_offset).unwrap_or(u32::MAX),
            bit_width: field.bit_width.map(|width| width as u8),
        });
        fields.collect()
    }
}

/// What a function pointer points to, described as clang does: parameters have no names, and where there is no prototype,
/// `int (*f)()`, what nothing is said about shows as `...`.
fn pointed_to(ty: &FunctionType) -> FunctionType {
    let mut ty = ty.clone();
    for param in &mut ty.params {
        param.name = None;
    }
    ty.variadic |= !ty.prototyped;
    ty
}

fn integer(kind: IntKind) -> DebugType {
    let encoding = match kind {
        IntKind::Bool => IntEncoding::Bool,
        IntKind::Char => IntEncoding::Char,
        _ if kind.is_signed() => IntEncoding::Signed,
        _ => IntEncoding::Unsigned,
    };
    DebugType::Int {
        name: kind.name().to_owned(),
        bytes: kind.bytes(),
        encoding,
    }
}

/// The qualifier to describe first, and the others.
fn outermost_qualifier(quals: Quals) -> Option<(Qualifier, Quals)> {
    let mut rest = quals;
    if std::mem::take(&mut rest.is_const) {
        Some((Qualifier::Const, rest))
    } else if std::mem::take(&mut rest.is_volatile) {
        Some((Qualifier::Volatile, rest))
    } else if std::mem::take(&mut rest.is_restrict) {
        Some((Qualifier::Restrict, rest))
    } else {
        None
    }
}

/// How a type was reached.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Reached {
    /// From a function or a global; from an array or a function's type too, which clang looks into wherever they stand.
    Directly,
    /// As a part of a struct.
    InRecord,
    /// Through a pointer in a struct.
    BehindPointer,
}

/// The structs that are described with their members.
fn complete_records(unit: &Unit, used: &Used) -> HashSet<RecordId> {
    let mut search = RecordSearch {
        types: &unit.types,
        found: HashSet::new(),
        pending: Vec::new(),
        seen: HashSet::new(),
    };
    for (_, function) in unit.functions().filter(|&(id, _)| used.function(id)) {
        search.reach(function.ty, Reached::Directly);
        if let Some(body) = &function.body {
            walk_block(&mut search, body);
        }
    }
    for (_, global) in unit.globals().filter(|&(id, _)| used.global(id)) {
        search.reach(global.ty.ty, Reached::Directly);
        search.reach_map_contents(global);
    }
    while let Some((ty, reached)) = search.pending.pop() {
        search.look_into(ty, reached);
    }
    search.found
}

struct RecordSearch<'a> {
    types: &'a Types,
    found: HashSet<RecordId>,
    pending: Vec<(TypeId, Reached)>,
    seen: HashSet<(TypeId, Reached)>,
}

/// What the loader is to look up in the running kernel's types, it has to see in the program's.
impl Visitor for RecordSearch<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::Core(query) = &expr.kind {
            self.reach(query.root, Reached::Directly);
        }
        walk_expr(self, expr);
    }

    fn visit_place(&mut self, place: &Place) {
        if let Some(path) = CorePath::to(self.types, place) {
            self.reach(path.base.ty.ty, Reached::Directly);
        }
        walk_place(self, place);
    }
}

impl RecordSearch<'_> {
    fn reach(&mut self, ty: TypeId, reached: Reached) {
        if self.seen.insert((ty, reached)) {
            self.pending.push((ty, reached));
        }
    }

    /// The members of a map definition point to what the map holds, and to the definition of the maps in it.
    fn reach_map_contents(&mut self, global: &Global) {
        let is_map = global.kind == GlobalKind::Map || global.section == ".maps";
        let mut definition = self.types.record_id(global.ty.ty).filter(|_| is_map);
        let mut seen = HashSet::new();
        while let Some(record) = definition.filter(|&record| seen.insert(record)) {
            for field in self.types.fields(record) {
                self.reach(field.ty.ty, Reached::Directly);
            }
            let fields = self.types.fields(record).iter();
            let mut inner = fields.filter(|field| field.name.as_deref() == Some("values"));
            definition = inner.next().and_then(|field| self.pointed_record(field.ty));
        }
    }

    /// The record at the end of arrays and pointers.
    fn pointed_record(&self, ty: QualType) -> Option<RecordId> {
        let mut ty = ty;
        loop {
            let element = self.types.array_parts(ty).map(|(element, _)| element);
            match element.or_else(|| self.types.pointee(ty.ty)) {
                Some(inner) => ty = inner,
                None => return self.types.record_id(ty.ty),
            }
        }
    }

    fn look_into(&mut self, ty: TypeId, reached: Reached) {
        match self.types.kind(ty) {
            TypeKind::Void | TypeKind::Int(_) | TypeKind::Float(_) | TypeKind::Enum(_) => {}
            // A tagged pointer is there to be followed.
            TypeKind::Pointer(pointee) if self.is_tagged(pointee.ty) => {
                self.reach(pointee.ty, reached);
            }
            TypeKind::Pointer(pointee) => {
                let behind = match reached {
                    Reached::Directly => Reached::Directly,
                    Reached::InRecord | Reached::BehindPointer => Reached::BehindPointer,
                };
                self.reach(pointee.ty, behind);
            }
            TypeKind::Array { element, .. } => self.reach(element.ty, Reached::Directly),
            TypeKind::Function(function) => {
                self.reach(function.result, Reached::Directly);
                for param in &function.params {
                    self.reach(param.ty.ty, Reached::Directly);
                }
            }
            TypeKind::Record(id) => self.look_into_record(*id, reached),
            TypeKind::Typedef(id) => self.reach(self.types.typedef(*id).target.ty, reached),
            TypeKind::Tagged { inner, .. } => self.reach(inner.ty, reached),
        }
    }

    fn is_tagged(&self, ty: TypeId) -> bool {
        matches!(self.types.kind(ty), TypeKind::Tagged { .. })
    }

    fn look_into_record(&mut self, id: RecordId, reached: Reached) {
        let Record { tag, .. } = self.types.record(id);
        // What has no name cannot be declared without its members.
        if reached == Reached::BehindPointer && tag.is_some() {
            return;
        }
        if self.found.insert(id) {
            for field in self.types.fields(id) {
                self.reach(field.ty.ty, Reached::InRecord);
            }
        }
    }
}
