//! Which declaration a name refers to (C11 6.2.1 and 6.2.3).
//!
//! Ordinary identifiers and tags are two name spaces; both nest like the blocks that contain them.

use std::collections::HashMap;

use crate::source::Span;
use crate::tree::{FuncId, GlobalId, LocalId};
use crate::types::TypeId;

/// What an ordinary identifier can name.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Entity {
    Local(LocalId),
    Global(GlobalId),
    Func(FuncId),
    Enumerator { value: i128, ty: TypeId },
    Typedef(TypeId),
}

/// A name's meaning and where it got it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Binding {
    pub(super) entity: Entity,
    /// `None` for what the compiler declares by itself.
    pub(super) span: Option<Span>,
}

#[derive(Default)]
struct Scope {
    names: HashMap<String, Binding>,
    tags: HashMap<String, TypeId>,
}

/// The file scope and the blocks around the current place.
pub(super) struct Scopes {
    /// Outermost first; never empty.
    stack: Vec<Scope>,
}

impl Scopes {
    pub(super) fn new() -> Scopes {
        Scopes {
            stack: vec![Scope::default()],
        }
    }

    pub(super) fn enter(&mut self) {
        self.stack.push(Scope::default());
    }

    pub(super) fn leave(&mut self) {
        assert!(self.stack.len() > 1, "the file scope is never left");
        self.stack.pop();
    }

    pub(super) fn is_file_scope(&self) -> bool {
        self.stack.len() == 1
    }

    pub(super) fn lookup(&self, name: &str) -> Option<Binding> {
        let mut inner_first = self.stack.iter().rev();
        inner_first.find_map(|scope| scope.names.get(name).copied())
    }

    /// The name's meaning if it was declared in the innermost block itself.
    pub(super) fn lookup_here(&self, name: &str) -> Option<Binding> {
        self.innermost().names.get(name).copied()
    }

    /// The name's meaning at file scope, where every declaration with linkage ends up.
    pub(super) fn lookup_file(&self, name: &str) -> Option<Binding> {
        self.stack[0].names.get(name).copied()
    }

    pub(super) fn declare(&mut self, name: &str, binding: Binding) {
        self.innermost_mut().names.insert(name.to_owned(), binding);
    }

    pub(super) fn declare_in_file(&mut self, name: &str, binding: Binding) {
        self.stack[0].names.insert(name.to_owned(), binding);
    }

    pub(super) fn lookup_tag(&self, tag: &str) -> Option<TypeId> {
        let mut inner_first = self.stack.iter().rev();
        inner_first.find_map(|scope| scope.tags.get(tag).copied())
    }

    pub(super) fn lookup_tag_here(&self, tag: &str) -> Option<TypeId> {
        self.innermost().tags.get(tag).copied()
    }

    pub(super) fn declare_tag(&mut self, tag: &str, ty: TypeId) {
        self.innermost_mut().tags.insert(tag.to_owned(), ty);
    }

    /// All visible names, for suggestions.
    pub(super) fn bindings(&self) -> impl Iterator<Item = (&str, Entity)> {
        let names = self.stack.iter().flat_map(|scope| &scope.names);
        names.map(|(name, binding)| (name.as_str(), binding.entity))
    }

    fn innermost(&self) -> &Scope {
        &self.stack[self.stack.len() - 1]
    }

    fn innermost_mut(&mut self) -> &mut Scope {
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }
}
