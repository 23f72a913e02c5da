//! An object file becomes programs: maps are created, names are looked up, control flow is made sure of.
//!
//! ```text
//!  Object ──maps──► MapSet            .maps, maps, bpf_tables; data sections as arrays of one value, as libbpf does
//!         ──code──► Unit per section  decoded, every relocation resolved
//!         ──link──► Program           an entry with all functions it reaches, in one sequence
//! ```
//!
//! An object comes from anywhere, so whatever is wrong with it is a [`LoadError`] that names the place.

mod code;
mod link;
mod maps;

use std::sync::Arc;

use bpfcc_isa::program::program_type_for_section;
use bpfcc_isa::{DecodeReason, Insn};
use bpfcc_object::maps::DefinitionError;
use bpfcc_object::{Endian, Object, SectionId, SymbolKind};

use crate::env::Environment;
use crate::errno::Errno;
use crate::map::MapError;
use crate::program::{MapSet, Program};

use code::Unit;
use link::Place;

/// Why an object cannot be loaded.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum LoadError {
    /// No function or code section has this name.
    #[error("the object has no function or code section `{name}`{}", list(.known))]
    NoSuchEntry {
        /// The name.
        name: String,
        /// The functions there are.
        known: Vec<String>,
    },
    /// There is nothing to run.
    #[error("the object contains no code")]
    NoCode,
    /// The section name does not tell which environment the program is for.
    #[error("section `{section}` belongs to no known environment; choose one by name{}", list(.known))]
    NoEnvironment {
        /// The section.
        section: String,
        /// The names of the environments there are.
        known: Vec<String>,
    },
    /// Something is wrong with an instruction.
    #[error("section `{section}`, byte {offset}: {reason}")]
    Code {
        /// The section.
        section: String,
        /// Byte offset of the instruction.
        offset: u64,
        /// What is wrong.
        reason: CodeError,
    },
    /// Something is wrong with a relocation.
    #[error("section `{section}`, relocation at byte {offset} to `{symbol}`: {reason}")]
    Reloc {
        /// The section.
        section: String,
        /// Byte offset of the relocated place.
        offset: u64,
        /// The symbol; empty if there is none.
        symbol: String,
        /// What is wrong.
        reason: RelocError,
    },
    /// Something is wrong with the definition of a map.
    #[error("map `{map}`: {reason}")]
    Map {
        /// The map, or the section of it if it has no name.
        map: String,
        /// What is wrong.
        reason: MapDefError,
    },
    /// A function symbol names no instruction.
    #[error("no instruction of its section starts where function `{symbol}` should")]
    MisplacedFunction {
        /// The symbol.
        symbol: String,
    },
}

/// What is wrong with an instruction.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CodeError {
    /// It is none.
    #[error("{0}")]
    Decode(DecodeReason),
    /// Its fields do not go together.
    #[error("no encoding has this combination of fields")]
    NotEncodable,
    /// The jump leaves the function.
    #[error("the jump leaves its function")]
    JumpOutside,
    /// The call leaves the section.
    #[error("the call leaves its section")]
    CallOutside,
    /// The target is the second half of a two-slot instruction.
    #[error("the target is in the middle of an instruction of two slots")]
    IntoInstruction,
    /// The function continues beyond its last instruction.
    #[error("the function does not end with `exit` or `goto`")]
    FallsOffEnd,
    /// There are no instructions.
    #[error("the function is empty")]
    EmptyFunction,
    /// The frame pointer is not the program's to change.
    #[error("r10 is read only")]
    FramePointer,
    /// The environment offers no such function.
    #[error("environment `{environment}` has no function number {number}{}", in_brackets(.name))]
    UnknownHelper {
        /// Its number.
        number: i32,
        /// Its name in Linux, if it has that number there.
        name: Option<&'static str>,
        /// The environment.
        environment: &'static str,
    },
    /// The environment offers no such function.
    #[error("environment `{environment}` has no function `{name}`{}", if *.known { ", which the design of 2014 had" } else { "" })]
    UnknownFunction {
        /// Its name.
        name: String,
        /// Whether the design of 2014 had it.
        known: bool,
        /// The environment.
        environment: &'static str,
    },
    /// There is no map with this index, or no byte at this offset of its value.
    #[error("there is no map {index} with a byte {offset} in its value")]
    NoSuchMap {
        /// Index of the map.
        index: i32,
        /// Offset in its value.
        offset: i32,
    },
    /// The runtime cannot do this.
    #[error("{0} is not supported by this runtime")]
    Unsupported(&'static str),
}

/// What is wrong with a relocation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RelocError {
    /// There is no such symbol.
    #[error("there is no symbol with this number")]
    NoSymbol,
    /// The symbol is not defined, and no environment can help.
    #[error("the symbol is not defined")]
    Undefined,
    /// No instruction of the right kind is there.
    #[error("the instruction there cannot take this kind of relocation")]
    WrongInstruction,
    /// It is not within the section, or not at the start of an instruction.
    #[error("no instruction or word of data starts there")]
    WrongOffset,
    /// What the symbol stands for cannot be used like this.
    #[error("the symbol cannot be used like this")]
    WrongTarget,
    /// Symbol and addend together leave the section.
    #[error("the symbol and its addend lead outside the section")]
    OutOfRange,
}

/// What is wrong with the definition of a map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MapDefError {
    /// It cannot be understood.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// There is no such type.
    #[error("there is no map type {0}")]
    Kind(u32),
    /// What it is to hold from the start does not go into it.
    #[error("its value {index} is refused: {errno}")]
    Value {
        /// Which one.
        index: u64,
        /// Why: `EINVAL` for a map that is not like the template, `E2BIG` beyond the end, `ENOENT` for no map at all.
        errno: Errno,
    },
    /// It cannot be created.
    #[error("{0}")]
    Create(MapError),
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!(" (there are {})", names.join(", ")),
    }
}

fn in_brackets(name: &Option<&'static str>) -> String {
    name.map_or_else(String::new, |name| format!(" ({name})"))
}

/// A loaded object: its maps, and its code with all names resolved. Programs are linked from it on demand, because which
/// functions may be called depends on the environment.
#[derive(Clone, Debug)]
pub struct Image {
    endian: Endian,
    units: Vec<Unit>,
    functions: Vec<Symbol>,
    globals: Vec<Global>,
    maps: Arc<MapSet>,
}

/// A function of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Symbol {
    name: String,
    place: Place,
    exported: bool,
}

/// A variable of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Global {
    name: String,
    address: u64,
}

impl Image {
    /// Creates the maps of an object and resolves the names in its code.
    pub fn load(object: &Object) -> Result<Image, LoadError> {
        let places = maps::create(object)?;
        let units = code::units(object, &places)?;
        let functions = function_symbols(object, &units)?;
        Ok(Image {
            endian: object.endian,
            globals: globals(object, &places),
            maps: Arc::new(places.maps),
            units,
            functions,
        })
    }

    /// A unit of code without an object: instructions that start at the first one and name `maps` by index.
    /// The byte order is the host's.
    pub fn from_insns(name: &str, insns: Vec<Insn>, maps: MapSet) -> Result<Image, LoadError> {
        let unit = Unit::from_insns(name, insns)?;
        let entry = Symbol {
            name: name.to_owned(),
            place: Place { unit: 0, slot: 0 },
            exported: true,
        };
        Ok(Image {
            endian: Endian::HOST,
            units: vec![unit],
            functions: vec![entry],
            globals: Vec::new(),
            maps: Arc::new(maps),
        })
    }

    /// Byte order of the machine that the program is for: that of numbers in its memory.
    pub fn endian(&self) -> Endian {
        self.endian
    }

    /// The maps.
    pub fn maps(&self) -> &Arc<MapSet> {
        &self.maps
    }

    /// The names of all functions, in the order of the symbol table.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(|function| function.name.as_str())
    }

    /// The address of a variable.
    pub fn global(&self, name: &str) -> Option<u64> {
        let found = self.globals.iter().find(|global| global.name == name);
        found.map(|global| global.address)
    }

    /// The section of the function that [`Image::program`] finds under this name.
    pub fn section_of(&self, entry: &str) -> Option<&str> {
        let place = self.find(entry)?;
        Some(&self.units[place.unit].section)
    }

    /// The name of the function to run when nobody says which: the first exported one outside `.text`, else the first one
    /// at all.
    pub fn default_entry(&self) -> Option<&str> {
        let is_program = |function: &&Symbol| {
            function.exported && self.units[function.place.unit].section != ".text"
        };
        let found = self.functions.iter().find(is_program);
        found
            .or(self.functions.first())
            .map(|function| function.name.as_str())
    }

    /// Links the function of this name, or the first one in the section of this name, with everything it calls.
    pub fn program(&self, entry: &str, environment: &Environment) -> Result<Program, LoadError> {
        let place = self.find(entry).ok_or_else(|| self.no_such_entry(entry))?;
        link::link(self, place, environment)
    }

    pub(crate) fn no_such_entry(&self, name: &str) -> LoadError {
        LoadError::NoSuchEntry {
            name: name.to_owned(),
            known: self.functions().map(str::to_owned).collect(),
        }
    }

    fn find(&self, entry: &str) -> Option<Place> {
        let function = self.functions.iter().find(|f| f.name == entry);
        function.map(|function| function.place).or_else(|| {
            let unit = self.units.iter().position(|unit| unit.section == entry)?;
            Some(Place { unit, slot: 0 })
        })
    }

    /// The programs of the same type as the one that starts here: those that it may go on with by a tail call.
    fn siblings(&self, entry: Place) -> Vec<(String, Place)> {
        let kind = |place: Place| {
            let section = &self.units[place.unit].section;
            program_type_for_section(section).map(|kind| kind.name)
        };
        let is_program = |function: &&Symbol| {
            let section = &self.units[function.place.unit].section;
            function.exported && section != ".text" && kind(function.place) == kind(entry)
        };
        let siblings = self.functions.iter().filter(is_program);
        siblings
            .map(|function| (function.name.clone(), function.place))
            .collect()
    }

    /// Name of the function that starts here.
    fn name_at(&self, place: Place) -> String {
        let symbol = self.functions.iter().find(|f| f.place == place);
        symbol.map_or_else(
            || format!("{}+{}", self.units[place.unit].section, place.slot),
            |symbol| symbol.name.clone(),
        )
    }
}

/// Function symbols; a code section without any counts as one function with the name of the section.
fn function_symbols(object: &Object, units: &[Unit]) -> Result<Vec<Symbol>, LoadError> {
    let mut functions = Vec::new();
    for symbol in &object.symbols {
        let unit = symbol.section.and_then(|section| unit_of(units, section));
        let (SymbolKind::Func, Some(unit)) = (symbol.kind, unit) else {
            continue;
        };
        let slot = units[unit].start_of(symbol.value).ok_or_else(|| {
            let symbol = symbol.name.clone();
            LoadError::MisplacedFunction { symbol }
        })?;
        functions.push(Symbol {
            name: symbol.name.clone(),
            place: Place { unit, slot },
            exported: symbol.binding != bpfcc_object::Binding::Local,
        });
    }
    for (at, unit) in units.iter().enumerate() {
        let is_named = functions.iter().any(|f| f.place.unit == at);
        if !is_named && !unit.insns.is_empty() {
            functions.push(Symbol {
                name: unit.section.clone(),
                place: Place { unit: at, slot: 0 },
                exported: true,
            });
        }
    }
    Ok(functions)
}

fn unit_of(units: &[Unit], section: SectionId) -> Option<usize> {
    units.iter().position(|unit| unit.id == Some(section))
}

fn globals(object: &Object, places: &maps::Places) -> Vec<Global> {
    let global = |symbol: &bpfcc_object::Symbol| {
        let index = places.data_section(symbol.section?)?;
        let base = places.maps.maps()[index].values().base();
        Some(Global {
            name: symbol.name.clone(),
            address: base.checked_add(symbol.value)?,
        })
    };
    let named = object.symbols.iter().filter(|s| !s.name.is_empty());
    named.filter_map(global).collect()
}
