//! Inline definitions: functions that other files see too, defined here for the calls of this file (C11 6.7.4p7).
//!
//! | written | the body is for |
//! |---|---|
//! | `inline` in all declarations, never with `extern` | this file |
//! | `inline` with `extern`, or not in all of them | all files |
//! | `extern inline` with `gnu_inline`, as in glibc's headers | this file, and another definition may follow |
//! | `inline` with `gnu_inline` | all files |
//!
//! C says that another file defines what is for this file only. No other file is linked to a BPF program, so these functions are
//! treated as if they were `static`: left out if nothing uses them. Those that have a section of their own, or are `used`, were
//! asked for and stay what they are.

use std::collections::HashSet;

use crate::tree::{FuncId, Linkage};

use super::Checker;
use super::attribute::Attributes;
use super::declarator::Storage;

/// What the declarations of functions at file scope said about inlining.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Functions with a declaration that makes their body one for all files.
    for_all: HashSet<FuncId>,
    /// Functions whose latest body is `extern inline` in the sense of GNU C.
    replaceable: HashSet<FuncId>,
}

impl Said {
    /// Notes a declaration, which may be that of a definition.
    pub(super) fn declared(
        &mut self,
        id: FuncId,
        attributes: &Attributes,
        storage: Option<Storage>,
    ) {
        let is_extern = storage == Some(Storage::Extern);
        if !attributes.is_inline || is_extern != attributes.gnu_inline {
            self.for_all.insert(id);
        }
    }

    /// Notes a definition.
    pub(super) fn defined(
        &mut self,
        id: FuncId,
        attributes: &Attributes,
        storage: Option<Storage>,
    ) {
        let is_extern = storage == Some(Storage::Extern);
        if attributes.is_inline && attributes.gnu_inline && is_extern {
            self.replaceable.insert(id);
        } else {
            self.replaceable.remove(&id);
        }
    }

    /// Whether the function has a body that another one may replace.
    pub(super) fn is_replaceable(&self, id: FuncId) -> bool {
        self.replaceable.contains(&id)
    }

    fn is_for_this_file(&self, id: FuncId) -> bool {
        self.replaceable.contains(&id) || !self.for_all.contains(&id)
    }
}

impl Checker<'_> {
    /// Hides inline definitions from other files, once all declarations are known.
    pub(super) fn finish_inline(&mut self) {
        for (index, function) in self.unit.functions.iter_mut().enumerate() {
            let was_asked_for = function.attributes.section.is_some() || function.attributes.used;
            let is_plain = matches!(function.linkage, Linkage::Global | Linkage::Hidden);
            if function.body.is_some()
                && is_plain
                && !was_asked_for
                && self.inline.is_for_this_file(FuncId::new(index))
            {
                function.linkage = Linkage::Local;
            }
        }
    }
}
