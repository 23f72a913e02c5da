//! Definitions of maps, compared and put into words.
//!
//! A map is a variable in `.maps` whose type describes it; nobody ever looks at its value:
//!
//! ```c
//! struct {
//!     int (*type)[BPF_MAP_TYPE_HASH];   // __uint(type, …): a number, as the length of an array
//!     int *key;                         // __type(key, int): a type, as what is pointed to
//!     struct inner *values[];           // __array(values, …): the definition of the maps within
//! } counts SEC(".maps");
//! ```

use std::collections::BTreeMap;

use bpfcc_isa::program::MapKind;

use super::agree::agree;
use super::words::type_name;
use crate::btf::{Btf, BtfType, TypeId};

/// Name of the section of map definitions.
pub(super) const SECTION: &str = ".maps";

/// Maps within maps within maps are none.
const MAX_DEPTH: u32 = 2;

/// A definition of a map.
struct Definition<'a> {
    btf: &'a Btf,
    numbers: BTreeMap<String, i128>,
    types: BTreeMap<String, TypeId>,
    inner: Option<Box<Definition<'a>>>,
}

/// Whether two variables define the same map; `Err` says what differs.
pub(super) fn maps_agree(one: (&Btf, TypeId), other: (&Btf, TypeId)) -> Result<(), String> {
    match (Definition::of(one), Definition::of(other)) {
        (Some(one), Some(other)) => one.agrees(&other),
        _ => agree(one, other),
    }
}

/// A definition in words: `map of type hash, key int, max_entries 16`.
pub(super) fn words(map: (&Btf, TypeId)) -> Option<String> {
    Definition::of(map).map(|definition| definition.words())
}

impl<'a> Definition<'a> {
    fn of((btf, variable): (&'a Btf, TypeId)) -> Option<Definition<'a>> {
        match btf.get(variable)? {
            BtfType::Var { ty, .. } => Self::of_type(btf, *ty, MAX_DEPTH),
            _ => None,
        }
    }

    fn of_type(btf: &'a Btf, ty: TypeId, depth: u32) -> Option<Definition<'a>> {
        let depth = depth.checked_sub(1)?;
        let BtfType::Struct { members, .. } = btf.get(btf.strip(ty))? else {
            return None;
        };
        let mut definition = Definition {
            btf,
            numbers: BTreeMap::new(),
            types: BTreeMap::new(),
            inner: None,
        };
        for member in members {
            definition.member(&member.name, member.ty, depth);
        }
        Some(definition)
    }

    fn member(&mut self, name: &str, ty: TypeId, depth: u32) {
        match self.btf.get(self.btf.strip(ty)) {
            Some(BtfType::Ptr { target }) => match self.btf.get(self.btf.strip(*target)) {
                Some(BtfType::Array { count, .. }) if !["key", "value"].contains(&name) => {
                    self.numbers.insert(name.to_owned(), i128::from(*count));
                }
                _ => self.type_member(name, *target),
            },
            // __ulong(map_extra, …)
            Some(BtfType::Enum { values, .. } | BtfType::Enum64 { values, .. }) => {
                let value = values.first().map_or(0, |value| value.value);
                self.numbers.insert(name.to_owned(), value);
            }
            Some(BtfType::Array { element, .. }) => {
                let inner = match self.btf.get(self.btf.strip(*element)) {
                    Some(BtfType::Ptr { target }) => Self::of_type(self.btf, *target, depth),
                    _ => None,
                };
                self.inner = inner.map(Box::new);
                if self.inner.is_none() {
                    self.types.insert(name.to_owned(), *element);
                }
            }
            _ => {}
        }
    }

    /// `__type(key, T)` says `__uint(key_size, sizeof(T))` as well.
    fn type_member(&mut self, name: &str, target: TypeId) {
        self.types.insert(name.to_owned(), target);
        if let Some(size) = self.btf.size_of(target) {
            self.numbers
                .insert(format!("{name}_size"), i128::from(size));
        }
    }

    fn agrees(&self, other: &Definition<'_>) -> Result<(), String> {
        let names = self.numbers.keys().chain(other.numbers.keys());
        for name in names {
            // What is not said is 0.
            let number = |of: &Definition<'_>| of.numbers.get(name).copied().unwrap_or(0);
            if number(self) != number(other) {
                return Err(format!("`{name}` differs"));
            }
        }
        for name in self.types.keys().chain(other.types.keys()) {
            match (self.types.get(name), other.types.get(name)) {
                (Some(one), Some(two)) => agree((self.btf, *one), (other.btf, *two))
                    .map_err(|why| format!("`{name}` differs: {why}"))?,
                _ => return Err(format!("only one of them has a type for `{name}`")),
            }
        }
        match (&self.inner, &other.inner) {
            (None, None) => Ok(()),
            (Some(one), Some(two)) => one
                .agrees(two)
                .map_err(|why| format!("of the maps within, {why}")),
            _ => Err("only one of them defines the maps within".into()),
        }
    }

    fn words(&self) -> String {
        let kind = self.numbers.get("type").copied().unwrap_or(0);
        let known = u32::try_from(kind).ok().and_then(MapKind::from_number);
        let kind = known.map_or_else(|| kind.to_string(), |kind| kind.to_string());
        let mut words = vec![format!("map of type {kind}")];
        let types = self.types.iter();
        words.extend(types.map(|(name, ty)| format!("{name} {}", type_name(self.btf, *ty))));
        let numbers = self.numbers.iter().filter(|(name, _)| *name != "type");
        words.extend(numbers.map(|(name, number)| format!("{name} {number}")));
        if let Some(inner) = &self.inner {
            words.push(format!("values ({})", inner.words()));
        }
        words.join(", ")
    }
}
