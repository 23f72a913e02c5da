//! `.BTF` and `.BTF.ext`: the types of all files in one graph, without duplicates, and what refers to them.
//!
//! A file's types follow those of the file before it under new numbers, with three exceptions: a function or variable that
//! other files can see is described once, as its definition has it; the lists of variables by section are written anew,
//! since what lies where has changed; and what has been left out with its section is left out here.

use std::collections::{HashMap, HashSet};

use super::Input;
use super::declared::{Declared, is_visible};
use super::layout::Layout;
use super::symbols::Symbols;
use crate::btf::{Btf, BtfType, Deduplicated, SectionVar, TypeId, dedup};
use crate::ext::{BtfExt, CoreRelo, FuncInfo, LineInfo, SectionInfo};

/// The linked object's types.
pub(super) struct Types {
    /// `None` if no file has any.
    pub(super) btf: Option<Btf>,
    /// `None` if no file has any.
    pub(super) ext: Option<BtfExt>,
}

pub(super) fn merge(
    inputs: &[Input],
    declared: &[Declared<'_>],
    layout: &Layout,
    symbols: &Symbols<'_>,
) -> Types {
    let mut merger = Merger {
        inputs,
        declared,
        layout,
        symbols,
        numbers: Vec::new(),
        btf: Btf::new(),
    };
    let plan = merger.plan();
    merger.types(&plan);
    merger.sections();
    let result = dedup(std::mem::take(&mut merger.btf));
    let has_btf = inputs.iter().any(|input| input.object.btf.is_some());
    let has_ext = inputs.iter().any(|input| input.object.ext.is_some());
    Types {
        ext: has_ext.then(|| merger.ext(&result)),
        btf: has_btf.then_some(result.btf),
    }
}

struct Merger<'a> {
    inputs: &'a [Input],
    declared: &'a [Declared<'a>],
    layout: &'a Layout,
    symbols: &'a Symbols<'a>,
    /// By file, the number that each of its types has before duplicates are removed.
    numbers: Vec<HashMap<TypeId, TypeId>>,
    btf: Btf,
}

/// A type of a file.
type Source = (usize, TypeId);

impl<'a> Merger<'a> {
    /// Numbers all types and says which type of which file has which number.
    fn plan(&mut self) -> Vec<Source> {
        let mut plan = Vec::new();
        let mut visible: HashMap<&str, TypeId> = HashMap::new();
        for (file, declared) in self.declared.iter().enumerate() {
            let mut numbers = HashMap::new();
            let orphans = self.orphans(file);
            for (id, ty) in declared.btf.iter().flat_map(|btf| btf.iter()) {
                if orphans.contains(&id) || !self.is_wanted(declared, ty) {
                    continue;
                }
                let next = TypeId(plan.len() as u32 + 1);
                let number = match is_visible(ty) {
                    true => *visible.entry(ty.name()).or_insert(next),
                    false => next,
                };
                numbers.insert(id, number);
                if number == next {
                    plan.push((file, id));
                }
            }
            self.numbers.push(numbers);
        }
        plan
    }

    /// Sections are described anew; what is visible and has no symbol is not in the linked object.
    fn is_wanted(&self, declared: &Declared<'_>, ty: &BtfType) -> bool {
        match ty {
            BtfType::DataSec { .. } => false,
            BtfType::DeclTag { target, .. } => {
                let target = declared.btf.and_then(|btf| btf.get(*target));
                target.is_none_or(|target| !is_visible(target) || self.is_known(target))
            }
            _ => !is_visible(ty) || self.is_known(ty),
        }
    }

    /// The prototypes that only functions have which another file describes. Those of clang lack the names of parameters.
    fn orphans(&self, file: usize) -> HashSet<TypeId> {
        let (mut orphans, mut wanted) = (HashSet::new(), HashSet::new());
        for (id, ty) in self.declared[file].btf.iter().flat_map(|btf| btf.iter()) {
            match ty {
                BtfType::Func { proto, .. } if self.description((file, id)).0 != file => {
                    orphans.insert(*proto);
                }
                _ => ty.clone().each_reference(|target| {
                    wanted.insert(*target);
                }),
            }
        }
        orphans.difference(&wanted).copied().collect()
    }

    fn is_known(&self, ty: &BtfType) -> bool {
        self.symbols.globals.contains_key(ty.name())
    }

    fn number(&self, (file, id): Source) -> TypeId {
        let numbers = self.numbers.get(file);
        numbers
            .and_then(|numbers| numbers.get(&id).copied())
            .unwrap_or_default()
    }

    fn types(&mut self, plan: &[Source]) {
        for &source in plan {
            let (file, id) = self.description(source);
            let Some(ty) = self.declared[file].btf.and_then(|btf| btf.get(id)) else {
                continue;
            };
            let mut ty = ty.clone();
            ty.each_reference(|target| *target = self.number((file, *target)));
            self.btf.push(ty);
        }
    }

    /// Of what is visible, the description that the file of its definition has.
    fn description(&self, source: Source) -> Source {
        let ty = self.declared[source.0]
            .btf
            .and_then(|btf| btf.get(source.1));
        let Some(ty) = ty.filter(|ty| is_visible(ty)) else {
            return source;
        };
        let owner = self
            .symbols
            .global(ty.name())
            .map(|(global, _)| global.owner);
        let described = owner.and_then(|owner| {
            let (_, id) = self.declared[owner.file].get(ty.name())?;
            Some((owner.file, id))
        });
        described.unwrap_or(source)
    }

    /// Which variables lie where in each section, those of loaders (`.kconfig`, `.ksyms`) behind those of the object.
    fn sections(&mut self) {
        for name in self.section_names() {
            let place = self
                .layout
                .sections
                .iter()
                .find(|section| section.name == name);
            let parts = (0..self.inputs.len()).flat_map(|file| self.variables(file, name));
            let mut vars: Vec<SectionVar> = parts.collect();
            if place.is_some() {
                vars.sort_by_key(|var| var.offset);
            }
            self.btf.push(BtfType::DataSec {
                name: name.to_owned(),
                // Sections are no larger; see the layout.
                size: place.map_or(0, |section| section.size as u32),
                vars,
            });
        }
    }

    /// The sections that any file describes, in the order in which the files have them; behind a file's own sections those
    /// that only loaders know.
    fn section_names(&self) -> Vec<&'a str> {
        let described: Vec<Vec<&str>> = self.declared.iter().map(Declared::sections).collect();
        let mut names: Vec<&str> = Vec::new();
        for (input, listed) in self.inputs.iter().zip(&described) {
            let own = input
                .object
                .sections
                .iter()
                .map(|section| section.name.as_str());
            for name in own.chain(listed.iter().copied()) {
                let is_described = described.iter().any(|listed| listed.contains(&name));
                if is_described && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// What a file adds to the list of a section.
    fn variables(&self, file: usize, section: &str) -> Vec<SectionVar> {
        let place = self.layout.place_by_name(self.inputs, file, section);
        let Some(btf) = self.declared[file]
            .btf
            .filter(|_| !place.is_some_and(|p| p.is_repeated))
        else {
            return Vec::new();
        };
        let lists = btf.iter().filter_map(|(_, ty)| match ty {
            BtfType::DataSec { name, vars, .. } if name == section => Some(vars),
            _ => None,
        });
        let start = place.map_or(0, |place| place.offset);
        let moved = lists.flatten().filter_map(|var| {
            Some(SectionVar {
                ty: Some(self.number((file, var.ty))).filter(|&number| number != TypeId::VOID)?,
                offset: self.offset(file, btf.get(var.ty)?, start + u64::from(var.offset))?,
                size: var.size,
            })
        });
        moved.collect()
    }

    /// Where a variable lies in the linked object; `None` if another file's counts instead.
    fn offset(&self, file: usize, variable: &BtfType, moved: u64) -> Option<u32> {
        if !is_visible(variable) {
            return u32::try_from(moved).ok();
        }
        let (global, symbol) = self.symbols.global(variable.name())?;
        if global.owner.file != file {
            return None;
        }
        u32::try_from(symbol.value).ok()
    }

    /// What is known about instructions, in the order of the linked object's sections.
    fn ext(&self, types: &Deduplicated) -> BtfExt {
        let mut ext = BtfExt::default();
        for section in &self.layout.sections {
            let mut whole = SectionInfo::new(&section.name);
            for (file, input) in self.inputs.iter().enumerate() {
                let part = input
                    .object
                    .ext
                    .as_ref()
                    .and_then(|ext| ext.section(&section.name));
                let place = self.layout.place_by_name(self.inputs, file, &section.name);
                if let (Some(part), Some(place)) = (part, place) {
                    self.append(&mut whole, part, file, place.offset as u32, types);
                }
            }
            if whole != SectionInfo::new(&section.name) {
                ext.sections.push(whole);
            }
        }
        ext
    }

    fn append(
        &self,
        whole: &mut SectionInfo,
        part: &SectionInfo,
        file: usize,
        start: u32,
        types: &Deduplicated,
    ) {
        let number = |id| types.number(self.number((file, id)));
        whole.funcs.extend(part.funcs.iter().map(|func| FuncInfo {
            offset: start.wrapping_add(func.offset),
            func: number(func.func),
        }));
        whole.lines.extend(part.lines.iter().map(|line| LineInfo {
            offset: start.wrapping_add(line.offset),
            ..line.clone()
        }));
        whole.relos.extend(part.relos.iter().map(|relo| CoreRelo {
            offset: start.wrapping_add(relo.offset),
            root: number(relo.root),
            ..relo.clone()
        }));
    }
}
