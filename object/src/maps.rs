//! The maps that an object defines, in three notations.
//!
//! | section | notation |
//! |---|---|
//! | `.maps` | a variable per map; its BTF type *is* the definition: `__uint(type, 1)` is a pointer to an array of one element, `__type(key, T)` a pointer to `T` |
//! | `maps` | `struct bpf_map_def`: type, key size, value size, max entries, flags |
//! | `bpf_tables`, `bpftables` | 2014: type, key size, element size, max entries, parameter; named by index |

use std::collections::HashMap;

use bpfcc_isa::program::{MapKind, TABLE_BYTES_2014, TABLE_SECTIONS_2014};

use crate::btf::{Btf, BtfType, Member, TypeId};
use crate::{Endian, Object, RelocKind, Section, SectionId, Symbol, SymbolKind};

/// The definition of a map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapDef {
    /// The variable; `tables[1]` for an element of an array of them.
    pub name: String,
    /// Where it stands.
    pub section: SectionId,
    /// Byte offset in the section.
    pub offset: u64,
    /// Its number in `enum bpf_map_type`.
    pub kind: u32,
    /// Keys.
    pub key: Element,
    /// Values.
    pub value: Element,
    /// How many entries there is room for; 0 if the loader decides.
    pub max_entries: u32,
    /// `BPF_F_…`
    pub flags: u32,
    /// `pinning`, `numa_node` and `map_extra`, those that are given.
    pub more: Vec<(&'static str, u32)>,
    /// What the values of an array of maps or programs are declared to be.
    pub inner: Option<TypeId>,
    /// What such an array holds from the start: index and symbol.
    pub contents: Vec<(u64, String)>,
}

/// Keys or values of a map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Element {
    /// Bytes.
    pub size: u32,
    /// Type, if it is known.
    pub ty: Option<TypeId>,
}

/// What is wrong with the definition of a map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DefinitionError {
    /// The definition is shorter than five or four 32-bit words.
    #[error("the definition is cut off")]
    CutOff,
    /// `.maps` needs types.
    #[error("maps in `.maps` are described by BTF, which the object lacks")]
    NoBtf,
    /// The description is not the usual struct.
    #[error("its BTF does not describe a map")]
    NotAMap,
    /// A member cannot be understood.
    #[error("member `{0}` of its BTF cannot be understood")]
    Member(&'static str),
    /// A size is given twice, differently.
    #[error("`{0}` is given twice with different sizes")]
    Contradiction(&'static str),
    /// There is no such type of table.
    #[error("there is no type {0} of tables")]
    TableType(u32),
}

/// A map that is defined, or the name of one whose definition is wrong.
pub type Definition = Result<MapDef, (String, DefinitionError)>;

/// All maps, by section and place.
pub fn definitions(object: &Object) -> Vec<Definition> {
    let variables = object.btf.as_ref().map(variables).unwrap_or_default();
    let of_section = |(id, section)| match Notation::of(section) {
        Some(Notation::Btf) => btf_maps(object, id, section, &variables),
        Some(Notation::Legacy) => legacy_maps(object, id, section),
        Some(Notation::Tables2014) => tables(object, id, section),
        None => Vec::new(),
    };
    object.sections().flat_map(of_section).collect()
}

/// How the maps of a section are defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `.maps`
    Btf,
    /// `maps`
    Legacy,
    /// `bpf_tables`
    Tables2014,
}

impl Notation {
    /// That of the maps in this section; `None` if no maps are defined there.
    pub fn of(section: &Section) -> Option<Notation> {
        match section.name.as_str() {
            ".maps" => Some(Notation::Btf),
            "maps" => Some(Notation::Legacy),
            name if TABLE_SECTIONS_2014.contains(&name) => Some(Notation::Tables2014),
            _ => None,
        }
    }
}

/// The variables of a section, by ascending offset.
fn symbols(object: &Object, section: SectionId) -> Vec<&Symbol> {
    let is_variable = |symbol: &&Symbol| {
        !matches!(symbol.kind, SymbolKind::Section | SymbolKind::Func) && !symbol.name.is_empty()
    };
    let all = object.symbols_in(section).map(|(_, symbol)| symbol);
    let mut found: Vec<_> = all.filter(is_variable).collect();
    found.sort_by_key(|symbol| symbol.value);
    found
}

/// The type of each variable that BTF knows; of those that share a name, the first.
fn variables(btf: &Btf) -> HashMap<&str, TypeId> {
    let mut variables = HashMap::new();
    for (_, ty) in btf.iter() {
        if let BtfType::Var { name, ty, .. } = ty {
            variables.entry(name.as_str()).or_insert(*ty);
        }
    }
    variables
}

fn btf_maps(
    object: &Object,
    id: SectionId,
    section: &Section,
    variables: &HashMap<&str, TypeId>,
) -> Vec<Definition> {
    let symbols = symbols(object, id);
    let map = |symbol: &&Symbol| {
        let btf = object.btf.as_ref().ok_or(DefinitionError::NoBtf)?;
        let ty = variables.get(symbol.name.as_str());
        let ty = *ty.ok_or(DefinitionError::NotAMap)?;
        let mut map = btf_map(btf, &symbol.name, symbol.value, id, ty)?;
        map.contents = contents(object, section, symbol, btf, ty);
        Ok(map)
    };
    let named = |symbol| map(symbol).map_err(|why| (symbol.name.clone(), why));
    symbols.iter().map(named).collect()
}

/// What the values of a map of maps are made like: the map that the declared type of its values describes.
pub fn template(object: &Object, outer: &MapDef) -> Option<Result<MapDef, DefinitionError>> {
    let btf = object.btf.as_ref()?;
    let ty = outer.inner?;
    Members::of(btf, ty)?;
    Some(btf_map(btf, &outer.name, outer.offset, outer.section, ty))
}

/// The map that a structure describes.
fn btf_map(
    btf: &Btf,
    name: &str,
    offset: u64,
    section: SectionId,
    ty: TypeId,
) -> Result<MapDef, DefinitionError> {
    let members = Members::of(btf, ty).ok_or(DefinitionError::NotAMap)?;
    let number = |name| Ok(members.number(name)?.unwrap_or(0));
    let mut more = Vec::new();
    for name in ["pinning", "numa_node", "map_extra"] {
        more.extend(members.number(name)?.map(|value| (name, value)));
    }
    Ok(MapDef {
        name: name.to_owned(),
        section,
        offset,
        kind: members
            .number("type")?
            .ok_or(DefinitionError::Member("type"))?,
        key: members.element("key", "key_size")?,
        value: members.element("value", "value_size")?,
        max_entries: number("max_entries")?,
        flags: number("map_flags")?,
        more,
        inner: members.inner(),
        contents: Vec::new(),
    })
}

/// The members of a structure that describes a map.
struct Members<'a> {
    btf: &'a Btf,
    members: &'a [Member],
}

impl<'a> Members<'a> {
    fn of(btf: &'a Btf, ty: TypeId) -> Option<Members<'a>> {
        match btf.get(btf.strip(ty))? {
            BtfType::Struct { members, .. } => Some(Members { btf, members }),
            _ => None,
        }
    }

    fn get(&self, name: &str) -> Option<&'a Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// `int (*name)[N]` stands for the number N.
    fn number(&self, name: &'static str) -> Result<Option<u32>, DefinitionError> {
        let Some(member) = self.get(name) else {
            return Ok(None);
        };
        let array = self.pointee(member.ty).map(|target| self.btf.strip(target));
        match array.and_then(|array| self.btf.get(array)) {
            Some(BtfType::Array { count, .. }) => Ok(Some(*count)),
            _ => Err(DefinitionError::Member(name)),
        }
    }

    /// `T *name` stands for the type T.
    fn element(
        &self,
        by_type: &'static str,
        by_size: &'static str,
    ) -> Result<Element, DefinitionError> {
        let size = self.number(by_size)?;
        let Some(member) = self.get(by_type) else {
            let size = size.unwrap_or(0);
            return Ok(Element { size, ty: None });
        };
        let ty = self.pointee(member.ty);
        let of_type = ty.and_then(|ty| u32::try_from(self.btf.size_of(ty)?).ok());
        let of_type = of_type.ok_or(DefinitionError::Member(by_type))?;
        match size {
            Some(size) if size != of_type => Err(DefinitionError::Contradiction(by_size)),
            _ => Ok(Element { size: of_type, ty }),
        }
    }

    /// `T *values[]` stands for the type T.
    fn inner(&self) -> Option<TypeId> {
        let values = self.get("values")?;
        match self.btf.get(self.btf.strip(values.ty))? {
            BtfType::Array { element, .. } => self.pointee(*element),
            _ => None,
        }
    }

    fn pointee(&self, ty: TypeId) -> Option<TypeId> {
        match self.btf.get(self.btf.strip(ty))? {
            BtfType::Ptr { target } => Some(*target),
            _ => None,
        }
    }
}

/// `.values = { [1] = &inner }`: the pointers in the variable itself.
fn contents(
    object: &Object,
    section: &Section,
    symbol: &Symbol,
    btf: &Btf,
    ty: TypeId,
) -> Vec<(u64, String)> {
    let values = Members::of(btf, ty).and_then(|members| members.get("values"));
    let Some(values) = values else {
        return Vec::new();
    };
    let start = symbol
        .value
        .saturating_add(u64::from(values.bit_offset / 8));
    let end = symbol.value.saturating_add(symbol.size);
    let first = section.relocs.partition_point(|reloc| reloc.offset < start);
    let pointers = section.relocs[first..]
        .iter()
        .take_while(|reloc| reloc.offset < end)
        .filter(|reloc| reloc.kind == RelocKind::Abs64);
    let entry = |reloc: &crate::Reloc| {
        let target = object.symbol(reloc.symbol)?;
        Some(((reloc.offset - start) / 8, target.name.clone()))
    };
    pointers.filter_map(entry).collect()
}

fn legacy_maps(object: &Object, id: SectionId, section: &Section) -> Vec<Definition> {
    let map = |symbol: &&Symbol| {
        // The flags came later; older objects have four words.
        let five = words::<5>(section, symbol.value, object.endian).filter(|_| symbol.size != 16);
        let four = || words::<4>(section, symbol.value, object.endian);
        let five =
            five.or_else(|| four().map(|[kind, key, value, max]| [kind, key, value, max, 0]));
        let five = five.ok_or_else(|| (symbol.name.clone(), DefinitionError::CutOff))?;
        Ok(of_words(symbol.name.clone(), id, symbol.value, five))
    };
    symbols(object, id).iter().map(map).collect()
}

fn tables(object: &Object, id: SectionId, section: &Section) -> Vec<Definition> {
    let variables = symbols(object, id);
    let table = |offset| {
        let name = table_name(section, &variables, offset);
        let error = |why| (name.clone(), why);
        let words = words(section, offset, object.endian);
        let [kind, key, value, max, _parameter] =
            words.ok_or_else(|| error(DefinitionError::CutOff))?;
        let known = MapKind::from_table_type_2014(kind);
        let known = known.ok_or_else(|| error(DefinitionError::TableType(kind)))?;
        let words = [known.number(), key, value, max, 0];
        Ok(of_words(name, id, offset, words))
    };
    let size = section.data.len() as u64;
    (0..size)
        .step_by(TABLE_BYTES_2014 as usize)
        .map(table)
        .collect()
}

/// The map that five words define: type, size of keys and values, number of entries, flags.
fn of_words(name: String, section: SectionId, offset: u64, words: [u32; 5]) -> MapDef {
    let [kind, key, value, max_entries, flags] = words;
    let element = |size| Element { size, ty: None };
    MapDef {
        name,
        section,
        offset,
        kind,
        key: element(key),
        value: element(value),
        max_entries,
        flags,
        more: Vec::new(),
        inner: None,
        contents: Vec::new(),
    }
}

/// `tables[1]`: the variable that the table is an element of.
fn table_name(section: &Section, variables: &[&Symbol], offset: u64) -> String {
    let after = variables.partition_point(|symbol| symbol.value <= offset);
    let variable = after.checked_sub(1).map(|at| variables[at]);
    let (name, start) = variable.map_or((section.name.as_str(), 0), |symbol| {
        (symbol.name.as_str(), symbol.value)
    });
    format!("{name}[{}]", (offset - start) / u64::from(TABLE_BYTES_2014))
}

/// Consecutive 32-bit words of a section.
fn words<const N: usize>(section: &Section, offset: u64, endian: Endian) -> Option<[u32; N]> {
    let start = usize::try_from(offset).ok()?;
    let bytes = section.data.get(start..)?.get(..N * 4)?;
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = endian.number(bytes) as u32;
    }
    Some(words)
}
