//! What a file's BTF says about the names that other files can see.

use std::collections::HashMap;

use super::Input;
use crate::btf::{Btf, BtfType, Linkage, TypeId};

/// Where clang puts extern variables that are in no section; they wait for a definition.
const EXTERN_NAME: &str = ".extern";

/// Functions and variables that are not static.
pub(super) struct Declared<'a> {
    /// The types, if the file has any.
    pub(super) btf: Option<&'a Btf>,
    names: HashMap<&'a str, TypeId>,
    homes: HashMap<TypeId, &'a str>,
}

impl<'a> Declared<'a> {
    pub(super) fn new(input: &'a Input) -> Declared<'a> {
        let btf = input.object.btf.as_ref();
        let mut declared = Declared {
            btf,
            names: HashMap::new(),
            homes: HashMap::new(),
        };
        for (id, ty) in btf.iter().flat_map(|btf| btf.iter()) {
            if is_visible(ty) {
                declared.names.entry(ty.name()).or_insert(id);
            }
            if let BtfType::DataSec { name, vars, .. } = ty
                && name != EXTERN_NAME
            {
                declared
                    .homes
                    .extend(vars.iter().map(|var| (var.ty, name.as_str())));
            }
        }
        declared
    }

    /// The variable or function of this name.
    pub(super) fn get(&self, name: &str) -> Option<(&'a Btf, TypeId)> {
        Some((self.btf?, *self.names.get(name)?))
    }

    /// The sections whose variables the file lists.
    pub(super) fn sections(&self) -> Vec<&'a str> {
        let types = self.btf.into_iter().flat_map(|btf| btf.iter());
        let names = types.filter_map(|(_, ty)| match ty {
            BtfType::DataSec { name, .. } if name != EXTERN_NAME => Some(name.as_str()),
            _ => None,
        });
        names.collect()
    }

    /// The section in which the file's BTF lists it: `.ksyms` for what the kernel has, `.maps` for maps.
    pub(super) fn home(&self, name: &str) -> Option<&'a str> {
        self.homes.get(self.names.get(name)?).copied()
    }
}

/// Whether this is a function or variable that other files can see.
pub(super) fn is_visible(ty: &BtfType) -> bool {
    match ty {
        BtfType::Var { linkage, .. } | BtfType::Func { linkage, .. } => *linkage != Linkage::Static,
        _ => false,
    }
}
