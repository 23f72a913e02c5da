//! An object with what is looked up in it again and again: names of places, types, maps.

use std::collections::{BTreeMap, HashMap};

use bpfcc_object::btf::{Btf, BtfType, Declarations, TypeId};
use bpfcc_object::ext::LineInfo;
use bpfcc_object::maps::{self, Definition, MapDef};
use bpfcc_object::{Object, Section, SectionId, Symbol, SymbolKind};

/// An object and its indices.
pub(super) struct File<'a> {
    pub(super) object: &'a Object,
    pub(super) maps: Vec<Definition>,
    /// `.BTF` as bytes, for what prints C.
    pub(super) types: Option<&'a [u8]>,
    declarations: Option<Declarations<'a>>,
    /// The symbols with a name in each section, by place; where there are several at one, the global one is first.
    named: HashMap<SectionId, Vec<&'a Symbol>>,
    /// The type of each variable, by name.
    variables: HashMap<&'a str, TypeId>,
    /// The type of each function, by name.
    functions: HashMap<&'a str, TypeId>,
    /// The sections of BTF in which variables and functions are declared, by name.
    declared_in: HashMap<&'a str, &'a str>,
    /// Position in `maps` of the map that is defined at a place.
    map_places: HashMap<(SectionId, u64), usize>,
}

/// A name and how far behind it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    pub(super) beyond: u64,
}

impl<'a> File<'a> {
    /// `types` are the object's types as bytes.
    pub(super) fn new(object: &'a Object, types: Option<&'a [u8]>) -> File<'a> {
        let maps = maps::definitions(object);
        let places = maps.iter().enumerate().filter_map(|(index, map)| {
            let map = map.as_ref().ok()?;
            Some(((map.section, map.offset), index))
        });
        let mut file = File {
            object,
            map_places: places.collect(),
            maps,
            types,
            declarations: types.and_then(|types| Declarations::new(types).ok()),
            named: named(object),
            variables: HashMap::new(),
            functions: HashMap::new(),
            declared_in: HashMap::new(),
        };
        if let Some(btf) = &object.btf {
            file.index(btf);
        }
        file
    }

    fn index(&mut self, btf: &'a Btf) {
        for (_, ty) in btf.iter() {
            match ty {
                BtfType::Var { name, ty, .. } => {
                    self.variables.entry(name).or_insert(*ty);
                }
                BtfType::Func { name, proto, .. } => {
                    self.functions.entry(name).or_insert(*proto);
                }
                BtfType::DataSec { name, vars, .. } => {
                    let declared = vars.iter().filter_map(|var| btf.get(var.ty));
                    let declared = declared.map(|var| (var.name(), name.as_str()));
                    self.declared_in.extend(declared);
                }
                _ => {}
            }
        }
    }

    pub(super) fn btf(&self) -> Option<&'a Btf> {
        self.object.btf.as_ref()
    }

    pub(super) fn section(&self, id: SectionId) -> Option<&'a Section> {
        self.object.section(id)
    }

    /// The symbols of a section that have a name, by place.
    pub(super) fn named_in(&self, section: SectionId) -> &[&'a Symbol] {
        self.named.get(&section).map_or(&[], Vec::as_slice)
    }

    /// The symbol that a byte of a section belongs to, else the section.
    pub(super) fn place(&self, section: SectionId, offset: u64) -> Place<'a> {
        let symbols = self.named_in(section);
        let after = symbols.partition_point(|symbol| symbol.value <= offset);
        let start = symbols[..after].last().map(|symbol| symbol.value);
        let first = start.map(|start| symbols.partition_point(|symbol| symbol.value < start));
        let covers = |symbol: &&Symbol| {
            let beyond = offset - symbol.value;
            beyond == 0 || beyond < symbol.size
        };
        match first.map(|first| symbols[first]).filter(covers) {
            Some(symbol) => Place {
                name: &symbol.name,
                beyond: offset - symbol.value,
            },
            None => Place {
                name: self.section(section).map_or("", |section| &section.name),
                beyond: offset,
            },
        }
    }

    /// The map that is defined at this place.
    pub(super) fn map_at(&self, section: SectionId, offset: u64) -> Option<&MapDef> {
        let index = *self.map_places.get(&(section, offset))?;
        self.maps.get(index)?.as_ref().ok()
    }

    /// The section of BTF in which a variable or function is declared.
    pub(super) fn declared_in(&self, name: &str) -> Option<&'a str> {
        self.declared_in.get(name).copied()
    }

    /// Whether BTF knows a function of this name.
    pub(super) fn is_function(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    /// The type of the variable of this name.
    pub(super) fn variable(&self, name: &str) -> Option<TypeId> {
        self.variables.get(name).copied()
    }

    /// `int prog(void *ctx)`, if BTF knows the function.
    pub(super) fn prototype(&self, name: &str) -> Option<String> {
        let proto = self.functions.get(name)?;
        self.declarations.as_ref()?.of(*proto, name).ok()
    }

    /// `struct pair *name` in C; if C cannot say it, the number of the type.
    pub(super) fn declare(&self, ty: TypeId, name: &str) -> String {
        let declarations = self.declarations.as_ref();
        let text = declarations.and_then(|declarations| declarations.of(ty, name).ok());
        text.unwrap_or_else(|| format!("type {ty} {name}").trim_end().to_owned())
    }

    /// Where lines of the source start in a section, by byte offset.
    pub(super) fn lines(&self, section: &str) -> BTreeMap<u32, &'a LineInfo> {
        let info = self
            .object
            .ext
            .as_ref()
            .and_then(|ext| ext.section(section));
        let lines = info.into_iter().flat_map(|info| &info.lines);
        lines.map(|line| (line.offset, line)).collect()
    }

    /// The text of the license, if the object has one.
    pub(super) fn license(&self) -> Option<String> {
        let (_, section) = self.object.section_by_name("license")?;
        let text = section.data.split(|&byte| byte == 0).next()?;
        Some(String::from_utf8_lossy(text).escape_debug().to_string())
    }
}

fn named(object: &Object) -> HashMap<SectionId, Vec<&Symbol>> {
    let mut named: HashMap<SectionId, Vec<&Symbol>> = HashMap::new();
    for symbol in &object.symbols {
        let is_named = symbol.kind != SymbolKind::Section && !symbol.name.is_empty();
        if let (true, Some(section)) = (is_named, symbol.section) {
            named.entry(section).or_default().push(symbol);
        }
    }
    for symbols in named.values_mut() {
        let is_local = |symbol: &Symbol| symbol.binding == bpfcc_object::Binding::Local;
        symbols.sort_by_key(|symbol| (symbol.value, is_local(symbol)));
    }
    named
}
