//! Which types a program needs, from the names that it mentions.
//!
//! A type that is needed needs all that it is made of, with one exception, without which `struct task_struct` would need
//! half of the kernel: what a member *points* to has to be whole only if the program mentions a member of this name. The
//! rules are those of the compiler's front end, which leaves out what a header declares in vain: what it would keep of
//! the whole header must be here.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Names, Result};
use crate::btf::{BtfType, Kind, LazyBtf, Member, TypeId};

/// What goes into the header.
#[derive(Default)]
pub(super) struct Selection {
    /// Types whose definition is needed.
    pub(super) whole: BTreeSet<TypeId>,
    /// Records of which it is enough to know that they exist.
    pub(super) declared: BTreeSet<TypeId>,
    /// Functions, and whether they keep registers (`bpf_fastcall`).
    pub(super) functions: BTreeMap<TypeId, bool>,
}

/// The name of the type behind `va_list`, which the compiler declares itself.
const BUILTIN: &str = "__builtin_va_list";

/// Everything that these names need.
pub(super) fn select<'a>(btf: &'a LazyBtf<'a>, names: &'a Names<'a>) -> Result<Selection> {
    let mut selector = Selector {
        btf,
        members: &names.ordinary,
        selection: Selection::default(),
        seen: HashSet::new(),
        todo: Vec::new(),
        forwards: HashSet::new(),
    };
    selector.roots(names)?;
    loop {
        while let Some(step) = selector.todo.pop() {
            selector.follow(step)?;
        }
        if selector.forwards.is_empty() {
            return Ok(selector.selection);
        }
        selector.resolve()?;
    }
}

/// Everything there is, but for functions.
pub(super) fn all(btf: &LazyBtf<'_>) -> Result<Selection> {
    let mut selection = Selection::default();
    for head in btf.heads() {
        let head = head?;
        let chosen = match head.kind {
            Kind::Fwd => &mut selection.declared,
            Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 | Kind::Typedef => {
                &mut selection.whole
            }
            _ => continue,
        };
        chosen.insert(head.id);
    }
    Ok(selection)
}

/// A type that is referred to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Step {
    id: TypeId,
    /// The reference is a pointer.
    is_pointer: bool,
    /// The program may look behind pointers.
    is_used: bool,
}

struct Selector<'a> {
    btf: &'a LazyBtf<'a>,
    /// Names that may be those of members.
    members: &'a HashSet<&'a str>,
    selection: Selection,
    seen: HashSet<Step>,
    todo: Vec<Step>,
    /// Records that are needed and that whoever refers to them has only heard of.
    forwards: HashSet<String>,
}

impl Selector<'_> {
    /// The types that have one of the names themselves.
    fn roots(&mut self, names: &Names<'_>) -> Result<()> {
        let tags = without_numbers(&names.tags);
        let ordinary = without_numbers(&names.ordinary);
        let mut kfuncs: BTreeMap<TypeId, bool> = BTreeMap::new();
        for head in self.btf.heads() {
            let head = head?;
            match head.kind {
                Kind::Struct | Kind::Union if tags.contains(head.name) => self.need(head.id)?,
                Kind::Fwd if tags.contains(head.name) => {
                    self.selection.declared.insert(head.id);
                }
                Kind::Enum | Kind::Enum64 => {
                    let is_wanted = |name: &[u8]| ordinary.contains(name);
                    if tags.contains(head.name) || self.btf.has_constant(&head, is_wanted)? {
                        self.need(head.id)?;
                    }
                }
                Kind::Typedef if ordinary.contains(head.name) => self.need(head.id)?,
                Kind::DeclTag if head.name == b"bpf_kfunc" => {
                    kfuncs.entry(TypeId(head.size_or_type)).or_default();
                }
                Kind::DeclTag if head.name == b"bpf_fastcall" => {
                    kfuncs.insert(TypeId(head.size_or_type), true);
                }
                _ => {}
            }
        }
        for (id, is_fast) in kfuncs {
            let head = self.btf.head(id)?;
            if head.kind == Kind::Func && ordinary.contains(head.name) {
                self.selection.functions.insert(id, is_fast);
                self.todo.push(value(TypeId(head.size_or_type)));
            }
        }
        Ok(())
    }

    /// Finds what is needed and known by name alone, as in files whose types nobody has put together.
    fn resolve(&mut self) -> Result<()> {
        let names = std::mem::take(&mut self.forwards);
        for head in self.btf.heads() {
            let head = head?;
            let is_record = matches!(head.kind, Kind::Struct | Kind::Union);
            if is_record && str::from_utf8(head.name).is_ok_and(|name| names.contains(name)) {
                self.need(head.id)?;
            }
        }
        Ok(())
    }

    /// A type whose definition is needed, and with it what that mentions.
    fn need(&mut self, id: TypeId) -> Result<()> {
        let Some(ty) = self.btf.get(id)? else {
            return Ok(());
        };
        if ty.name() == BUILTIN || !self.selection.whole.insert(id) {
            return Ok(());
        }
        match &*ty {
            BtfType::Struct { members, .. } | BtfType::Union { members, .. } => {
                let is_used = |member: &Member| self.members.contains(member.name.as_str());
                let steps = members.iter().map(|member| Step {
                    is_used: is_used(member),
                    ..value(member.ty)
                });
                self.todo.extend(steps);
            }
            BtfType::Typedef { target, .. } => self.todo.push(value(*target)),
            _ => {}
        }
        Ok(())
    }

    /// One step from a declarator towards what is declared by it.
    fn follow(&mut self, step: Step) -> Result<()> {
        if !self.seen.insert(step) {
            return Ok(());
        }
        let Some(ty) = self.btf.get(step.id)? else {
            return Ok(());
        };
        match &*ty {
            BtfType::Ptr { target } => self.todo.push(Step {
                id: *target,
                is_pointer: true,
                ..step
            }),
            BtfType::Const { target }
            | BtfType::Volatile { target }
            | BtfType::Restrict { target }
            | BtfType::TypeTag { target, .. } => self.todo.push(Step {
                id: *target,
                ..step
            }),
            BtfType::Array { element, .. } => self.todo.push(Step {
                id: *element,
                is_pointer: false,
                ..step
            }),
            BtfType::FuncProto { result, params } => {
                self.todo.push(Step {
                    id: *result,
                    is_pointer: false,
                    ..step
                });
                // A parameter brings no value into the program.
                self.todo.extend(params.iter().map(|param| Step {
                    is_used: false,
                    ..value(param.ty)
                }));
            }
            BtfType::Struct { name, .. } | BtfType::Union { name, .. }
                if step.is_pointer && !step.is_used && !name.is_empty() =>
            {
                self.selection.declared.insert(step.id);
            }
            BtfType::Fwd { name, .. } => {
                self.selection.declared.insert(step.id);
                if !step.is_pointer || step.is_used {
                    self.forwards.insert(name.clone());
                }
            }
            BtfType::Struct { .. }
            | BtfType::Union { .. }
            | BtfType::Enum { .. }
            | BtfType::Enum64 { .. }
            | BtfType::Typedef { .. } => self.need(step.id)?,
            _ => {}
        }
        Ok(())
    }
}

fn value(id: TypeId) -> Step {
    Step {
        id,
        is_pointer: false,
        is_used: true,
    }
}

/// The names as bytes, and for `name___2` also `name`.
fn without_numbers<'a>(names: &HashSet<&'a str>) -> HashSet<&'a [u8]> {
    let plain = names.iter().filter_map(|name| {
        let (plain, number) = name.rsplit_once("___")?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(plain)
    });
    let all = names.iter().copied().chain(plain);
    all.filter(|name| !name.is_empty())
        .map(str::as_bytes)
        .collect()
}
