//! What each name means: of all that is said about a name that other files can see, one counts.

use std::collections::HashMap;

use super::declared::Declared;
use super::layout::{Layout, Place};
use super::{Declaration, Input, LinkError, agree, maps, words};
use crate::btf::{Btf, TypeId};
use crate::{Binding, SectionId, Symbol, SymbolId, SymbolKind};

/// The linked object's symbols.
pub(super) struct Symbols<'a> {
    /// In the order in which the files have them.
    pub(super) list: Vec<Symbol>,
    /// The names that other files can see.
    pub(super) globals: HashMap<&'a str, Global>,
    /// By file and by symbol of the file; `None` for one that is left out.
    numbers: Vec<Vec<Option<SymbolId>>>,
    /// The symbol of each section that has one.
    of_sections: HashMap<SectionId, SymbolId>,
}

/// A name that other files can see.
pub(super) struct Global {
    /// Number of the symbol in the linked object.
    symbol: SymbolId,
    /// All that define or declare it, in order.
    all: Vec<Mention>,
    /// The one among them that counts.
    pub(super) owner: Mention,
}

/// A symbol of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) file: usize,
    symbol: SymbolId,
}

/// The files and what is known of them.
struct Files<'a, 'b> {
    inputs: &'a [Input],
    declared: &'b [Declared<'a>],
    layout: &'b Layout,
}

impl<'a> Symbols<'a> {
    pub(super) fn new(
        inputs: &'a [Input],
        declared: &[Declared<'a>],
        layout: &Layout,
    ) -> Result<Symbols<'a>, Vec<LinkError>> {
        let files = Files {
            inputs,
            declared,
            layout,
        };
        let mut symbols = Symbols {
            list: Vec::new(),
            globals: HashMap::new(),
            numbers: Vec::new(),
            of_sections: HashMap::new(),
        };
        for (file, input) in inputs.iter().enumerate() {
            let mentions = input
                .object
                .symbols()
                .map(|(symbol, _)| Mention { file, symbol });
            let numbers = mentions.map(|mention| symbols.enter(&files, mention));
            let numbers = numbers.collect();
            symbols.numbers.push(numbers);
        }
        symbols.resolve(&files)?;
        Ok(symbols)
    }

    /// The linked object's symbol that a file's has become.
    pub(super) fn number(&self, file: usize, symbol: SymbolId) -> Option<SymbolId> {
        *self.numbers.get(file)?.get(symbol.0)?
    }

    /// The linked object's symbol of a name that other files can see.
    pub(super) fn global(&self, name: &str) -> Option<(&Global, &Symbol)> {
        let global = self.globals.get(name)?;
        Some((global, &self.list[global.symbol.0]))
    }

    /// Adds a file's symbol, unless it is known already.
    fn enter(&mut self, files: &Files<'a, '_>, mention: Mention) -> Option<SymbolId> {
        let symbol = files.symbol(mention);
        let place = match symbol.section {
            Some(section) => Some(files.layout.place(mention.file, section)?),
            None => None,
        };
        if symbol.kind == SymbolKind::Section {
            return Some(self.section_symbol(place?.section));
        }
        if let Some(place) = place.filter(|place| place.is_repeated) {
            return self.find(place, symbol.value);
        }
        if symbol.binding == Binding::Local {
            return Some(self.push(moved(symbol, place)));
        }
        if let Some(global) = self.globals.get_mut(symbol.name.as_str()) {
            global.all.push(mention);
            return Some(global.symbol);
        }
        let number = self.push(moved(symbol, place));
        let global = Global {
            symbol: number,
            all: vec![mention],
            owner: mention,
        };
        self.globals.insert(&symbol.name, global);
        Some(number)
    }

    fn push(&mut self, symbol: Symbol) -> SymbolId {
        self.list.push(symbol);
        SymbolId(self.list.len() - 1)
    }

    fn section_symbol(&mut self, section: SectionId) -> SymbolId {
        if let Some(&known) = self.of_sections.get(&section) {
            return known;
        }
        let number = self.push(Symbol {
            name: String::new(),
            section: Some(section),
            value: 0,
            size: 0,
            kind: SymbolKind::Section,
            binding: Binding::Local,
            hidden: false,
        });
        self.of_sections.insert(section, number);
        number
    }

    /// What the first file has where another repeats it.
    fn find(&self, place: Place, value: u64) -> Option<SymbolId> {
        let is_there =
            |symbol: &Symbol| symbol.section == Some(place.section) && symbol.value == value;
        self.list.iter().position(is_there).map(SymbolId)
    }

    /// Chooses for each name what counts, and asks whether the others agree.
    fn resolve(&mut self, files: &Files<'a, '_>) -> Result<(), Vec<LinkError>> {
        let mut errors = Vec::new();
        let mut globals: Vec<_> = self.globals.iter_mut().collect();
        globals.sort_by_key(|(_, global)| global.symbol);
        for (name, global) in globals {
            match files.owner(name, &global.all) {
                Ok(owner) => global.owner = owner,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            }
            errors.extend(files.disagreement(name, global));
            self.list[global.symbol.0] = files.resolved(global);
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// A symbol where its section is in the linked object.
fn moved(symbol: &Symbol, place: Option<Place>) -> Symbol {
    Symbol {
        section: place.map(|place| place.section),
        value: symbol.value + place.map_or(0, |place| place.offset),
        ..symbol.clone()
    }
}

impl<'a> Files<'a, '_> {
    fn symbol(&self, mention: Mention) -> &'a Symbol {
        &self.inputs[mention.file].object.symbols[mention.symbol.0]
    }

    fn place(&self, mention: Mention) -> Option<Place> {
        self.layout
            .place(mention.file, self.symbol(mention).section?)
    }

    /// The strong definition; or else the first weak one; or else the first declaration that says where it comes from, or
    /// the first of all.
    fn owner(&self, name: &str, all: &[Mention]) -> Result<Mention, LinkError> {
        let is_defined = |mention: &&Mention| self.symbol(**mention).section.is_some();
        let is_strong = |mention: &&Mention| self.symbol(**mention).binding == Binding::Global;
        let has_home = |mention: &&Mention| self.declared[mention.file].home(name).is_some();
        let mut strong = all.iter().filter(is_defined).filter(is_strong);
        match (strong.next(), strong.next()) {
            (Some(&one), Some(&other)) => Err(LinkError::DefinedTwice {
                name: name.to_owned(),
                both: Box::new([one, other].map(|mention| self.declaration(name, mention))),
            }),
            (Some(&strong), None) => Ok(strong),
            _ => {
                let weak = all.iter().find(is_defined);
                let declared = || all.iter().find(has_home);
                Ok(*weak.or_else(declared).unwrap_or(&all[0]))
            }
        }
    }

    /// The symbol of the owner. One strong mention makes it strong and one that hides it hides it, even if it only declares.
    fn resolved(&self, global: &Global) -> Symbol {
        let mut all = global.all.iter().map(|&mention| self.symbol(mention));
        let is_strong = all.clone().any(|symbol| symbol.binding == Binding::Global);
        Symbol {
            binding: if is_strong {
                Binding::Global
            } else {
                Binding::Weak
            },
            hidden: all.any(|symbol| symbol.hidden),
            ..moved(self.symbol(global.owner), self.place(global.owner))
        }
    }

    /// The first that does not mean the same as the owner.
    fn disagreement(&self, name: &str, global: &Global) -> Option<LinkError> {
        let owner = global.owner;
        let others = global.all.iter().filter(|&&mention| mention != owner);
        let mut errors = others.filter_map(|&other| self.compare(name, owner, other).err());
        errors.next()
    }

    fn compare(&self, name: &str, owner: Mention, other: Mention) -> Result<(), LinkError> {
        let (one, two) = (self.types(name, owner)?, self.types(name, other)?);
        self.same_home(name, owner, other)
            .and_then(|()| match self.home(name, owner) {
                Some(maps::SECTION) => maps::maps_agree(one, two),
                _ => agree::agree(one, two),
            })
            .map_err(|why| LinkError::Disagree {
                name: name.to_owned(),
                why,
                both: Box::new([owner, other].map(|mention| self.declaration(name, mention))),
            })
    }

    fn types(&self, name: &str, mention: Mention) -> Result<(&'a Btf, TypeId), LinkError> {
        let known = self.declared[mention.file].get(name);
        known.ok_or_else(|| LinkError::NoTypes {
            name: name.to_owned(),
            file: self.inputs[mention.file].name.clone(),
        })
    }

    /// The section that a mention lies in, or that it says that the name lies in.
    fn home(&self, name: &str, mention: Mention) -> Option<&'a str> {
        let object = &self.inputs[mention.file].object;
        match self.symbol(mention).section {
            Some(section) => object.section(section).map(|section| section.name.as_str()),
            None => self.declared[mention.file].home(name),
        }
    }

    /// What one file takes from the kernel or from its configuration cannot be defined by another.
    fn same_home(&self, name: &str, owner: Mention, other: Mention) -> Result<(), String> {
        if self.symbol(other).section.is_some() {
            return Ok(());
        }
        match (self.home(name, owner), self.home(name, other)) {
            (Some(one), Some(two)) if one != two => {
                Err(format!("it is in section `{one}` or in `{two}`"))
            }
            _ => Ok(()),
        }
    }

    /// What a file says about a name, for messages.
    fn declaration(&self, name: &str, mention: Mention) -> Declaration {
        let text = self.declared[mention.file].get(name).map(|types| {
            let is_map = self.home(name, mention) == Some(maps::SECTION);
            let map = is_map.then(|| maps::words(types)).flatten();
            map.unwrap_or_else(|| words::declaration(types.0, types.1))
        });
        Declaration {
            file: self.inputs[mention.file].name.clone(),
            place: self.place_in_words(mention).unwrap_or_default(),
            text: text.unwrap_or_default(),
        }
    }

    /// The line of the source, if it is known, or else the place in a section.
    fn place_in_words(&self, mention: Mention) -> Option<String> {
        let (symbol, object) = (self.symbol(mention), &self.inputs[mention.file].object);
        let section = object.section(symbol.section?)?;
        let lines = object
            .ext
            .as_ref()
            .and_then(|ext| ext.section(&section.name));
        let is_here = |offset| u64::from(offset) == symbol.value;
        let line = lines.and_then(|lines| lines.lines.iter().find(|line| is_here(line.offset)));
        Some(match line {
            Some(line) => format!("{}:{}", line.file, line.line),
            None => format!("section `{}` at {}", section.name, symbol.value),
        })
    }
}
