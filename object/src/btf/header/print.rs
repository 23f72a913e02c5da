//! Types as C, each behind those that it contains.
//!
//! All records are declared first, so that pointers to them need no order. What is left is a graph without cycles, in
//! files that come from C: a record needs the types of its members, a `typedef` what it stands for.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use super::select::Selection;
use super::shape::{Shape, Shapes};
use super::{HeaderError, Result};
use crate::btf::{BtfType, Enumerator, FwdKind, LazyBtf, Member, Param, TypeId};

/// How deep types may lie in each other, and how long a declarator may be.
pub(super) const MAX_DEPTH: usize = 200;
/// Bytes of text that a header may have; the whole one of a kernel has 3 million.
const MAX_TEXT: usize = 1 << 24;
/// What unnamed members are made of to fill gaps.
const FILLERS: [(&str, u64); 4] = [("long", 64), ("int", 32), ("short", 16), ("char", 8)];

/// The declarations of a header.
pub(super) struct Printed {
    pub(super) types: String,
    pub(super) functions: String,
}

/// Prints a selection.
pub(super) fn print(btf: &LazyBtf<'_>, selection: &Selection) -> Result<Printed> {
    let mut printer = Printer::new(btf, selection, names(btf, selection)?);
    printer.declare_records()?;
    for &id in &selection.whole {
        if !printer.is_anonymous(id)? {
            printer.define(id, 0)?;
        }
    }
    // Anonymous enums stand inside of whatever uses them; those that nothing here uses are left.
    for &id in &selection.whole {
        printer.define_anonymous_enum(id)?;
    }
    let types = std::mem::take(&mut printer.text);
    for (&id, &is_fast) in &selection.functions {
        printer.function(id, is_fast)?;
    }
    let functions = printer.text;
    Ok(Printed { types, functions })
}

/// Prints one declaration for people: in one line, with the names of parameters. The name is the caller's business.
pub(super) fn declaration(btf: &LazyBtf<'_>, id: TypeId, name: &str) -> Result<String> {
    let selection = Selection::default();
    let mut printer = Printer::new(btf, &selection, BTreeMap::new());
    printer.is_brief = true;
    printer.declaration(id, name.to_owned(), 0)
}

/// Tags and type names, with a number behind those of which there are several.
fn names(btf: &LazyBtf<'_>, selection: &Selection) -> Result<BTreeMap<TypeId, String>> {
    let mut tags = HashMap::new();
    let mut typedefs = HashMap::new();
    let mut names = BTreeMap::new();
    for &id in &selection.whole {
        let Some(ty) = btf.get(id)?.filter(|ty| !ty.name().is_empty()) else {
            continue;
        };
        let is_typedef = matches!(&*ty, BtfType::Typedef { .. });
        let space = if is_typedef { &mut typedefs } else { &mut tags };
        names.insert(id, numbered(space, ty.name())?);
    }
    for &id in selection.declared.difference(&selection.whole) {
        let Some(ty) = btf.get(id)? else { continue };
        let name = match &*ty {
            // It is some other record of this name, seen from where that is not defined.
            BtfType::Fwd { name, .. } => identifier(name)?.to_owned(),
            other => numbered(&mut tags, other.name())?,
        };
        names.insert(id, name);
    }
    Ok(names)
}

/// `name`, then `name___2`, `name___3`, …
fn numbered(used: &mut HashMap<String, u32>, name: &str) -> Result<String> {
    let count = used.entry(identifier(name)?.to_owned()).or_default();
    *count += 1;
    Ok(match *count {
        1 => name.to_owned(),
        number => format!("{name}___{number}"),
    })
}

/// The name, if it is one: text from a file must not become more than that.
fn identifier(name: &str) -> Result<&str> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts_well = name
        .bytes()
        .next()
        .is_some_and(|byte| !byte.is_ascii_digit());
    match starts_well && name.bytes().all(is_word) {
        true => Ok(name),
        false => Err(HeaderError::Name(name.to_owned())),
    }
}

/// `long unsigned int`: several words.
fn words(name: &str) -> Result<&str> {
    name.split(' ')
        .try_for_each(|word| identifier(word).map(drop))?;
    Ok(name)
}

struct Printer<'a> {
    btf: &'a LazyBtf<'a>,
    selection: &'a Selection,
    shapes: Shapes<'a>,
    names: BTreeMap<TypeId, String>,
    /// How often each constant has been declared.
    constants: HashMap<String, u32>,
    /// Types that have been defined, or are being.
    begun: HashSet<TypeId>,
    text: String,
    /// Bytes of text that have been made, in whatever place.
    made: usize,
    /// One line for people.
    is_brief: bool,
}

impl<'a> Printer<'a> {
    fn new(
        btf: &'a LazyBtf<'a>,
        selection: &'a Selection,
        names: BTreeMap<TypeId, String>,
    ) -> Printer<'a> {
        Printer {
            btf,
            selection,
            shapes: Shapes::new(btf),
            names,
            constants: HashMap::new(),
            begun: HashSet::new(),
            text: String::new(),
            made: 0,
            is_brief: false,
        }
    }

    fn charge(&mut self, bytes: usize) -> Result<()> {
        self.made += bytes + 1;
        match self.made > MAX_TEXT {
            true => Err(HeaderError::TooLarge),
            false => Ok(()),
        }
    }

    fn is_anonymous(&self, id: TypeId) -> Result<bool> {
        Ok(self.btf.get(id)?.is_none_or(|ty| ty.name().is_empty()))
    }

    fn declare_records(&mut self) -> Result<()> {
        let selection = self.selection;
        let mut declared = HashSet::new();
        for &id in selection.whole.union(&selection.declared) {
            let ty = self.btf.get(id)?;
            let keyword = ty.as_deref().and_then(record_keyword);
            if let (Some(keyword), Some(name)) = (keyword, self.names.get(&id)) {
                let line = format!("{keyword} {name};\n");
                self.charge(line.len())?;
                if declared.insert(line.clone()) {
                    self.text += &line;
                }
            }
        }
        self.text.push('\n');
        Ok(())
    }

    /// Prints a type that has a name, behind the types that it contains.
    fn define(&mut self, id: TypeId, depth: usize) -> Result<()> {
        if !self.selection.whole.contains(&id) || !self.begun.insert(id) {
            return Ok(());
        }
        let Some(ty) = self.btf.get(id)? else {
            return Ok(());
        };
        self.prepare_parts(&ty, depth)?;
        let text = match &*ty {
            BtfType::Typedef { target, .. } => {
                let name = self.names.get(&id).cloned().unwrap_or_default();
                format!("typedef {}", self.declaration(*target, name, 0)?)
            }
            _ => self.definition(id, &ty, 0)?,
        };
        self.text += &text;
        self.text += ";\n\n";
        Ok(())
    }

    fn define_anonymous_enum(&mut self, id: TypeId) -> Result<()> {
        let Some(ty) = self.btf.get(id)? else {
            return Ok(());
        };
        let is_enum = matches!(&*ty, BtfType::Enum { .. } | BtfType::Enum64 { .. });
        if is_enum && ty.name().is_empty() && !self.begun.contains(&id) {
            let text = self.definition(id, &ty, 0)?;
            self.text += &text;
            self.text += ";\n\n";
        }
        Ok(())
    }

    /// Defines what has to stand before a definition.
    fn prepare_parts(&mut self, ty: &BtfType, depth: usize) -> Result<()> {
        match ty {
            BtfType::Struct { members, .. } | BtfType::Union { members, .. } => members
                .iter()
                .try_for_each(|member| self.prepare(member.ty, true, depth + 1)),
            BtfType::Typedef { target, .. } => self.prepare(*target, false, depth + 1),
            _ => Ok(()),
        }
    }

    /// Defines what has to stand before a declaration; records only if it is one of a value.
    fn prepare(&mut self, id: TypeId, is_value: bool, depth: usize) -> Result<()> {
        self.charge(0)?;
        if depth > MAX_DEPTH {
            return Err(HeaderError::TooDeep);
        }
        let Some(ty) = self.btf.get(id)? else {
            return Ok(());
        };
        let depth = depth + 1;
        match &*ty {
            BtfType::Ptr { target } => self.prepare(*target, false, depth),
            BtfType::Const { target }
            | BtfType::Volatile { target }
            | BtfType::Restrict { target }
            | BtfType::TypeTag { target, .. } => self.prepare(*target, is_value, depth),
            BtfType::Array { element, .. } => self.prepare(*element, true, depth),
            BtfType::FuncProto { result, params } => {
                self.prepare(*result, false, depth)?;
                let mut params = params.iter();
                params.try_for_each(|param| self.prepare(param.ty, false, depth))
            }
            BtfType::Struct { name, .. } | BtfType::Union { name, .. } if name.is_empty() => {
                match self.begun.insert(id) {
                    true => self.prepare_parts(&ty, depth),
                    false => Ok(()),
                }
            }
            BtfType::Struct { .. } | BtfType::Union { .. } if !is_value => Ok(()),
            BtfType::Typedef { target, .. } => {
                self.define(id, depth)?;
                match is_value {
                    true => self.prepare(*target, true, depth),
                    false => Ok(()),
                }
            }
            _ if ty.name().is_empty() => Ok(()),
            _ => self.define(id, depth),
        }
    }

    fn function(&mut self, id: TypeId, is_fast: bool) -> Result<()> {
        let Some(ty) = self.btf.get(id)? else {
            return Ok(());
        };
        let BtfType::Func { name, proto, .. } = &*ty else {
            return Ok(());
        };
        let declaration = self.declaration(*proto, identifier(name)?.to_owned(), 0)?;
        let fast = if is_fast { " __bpf_fastcall" } else { "" };
        let line = format!("extern{fast} {declaration} __weak __ksym;\n");
        self.text += &line;
        Ok(())
    }

    /// `struct s { … }`, `enum e { … }`
    fn definition(&mut self, id: TypeId, ty: &BtfType, depth: usize) -> Result<String> {
        let name = match self.names.get(&id) {
            Some(name) => format!(" {name}"),
            None => String::new(),
        };
        Ok(match ty {
            BtfType::Struct { size, members, .. } => {
                let shape = self.shapes.of_record(id, *size, members, 0)?;
                let body = self.structure(ty, *size, members, shape, depth)?;
                format!("struct{name} {body}{}", packed(shape))
            }
            BtfType::Union { size, members, .. } => {
                let shape = self.shapes.of_record(id, *size, members, 0)?;
                let body = self.union(members, depth)?;
                format!("union{name} {body}{}", packed(shape))
            }
            BtfType::Enum { size, values, .. } | BtfType::Enum64 { size, values, .. } => {
                self.begun.insert(id);
                match values.is_empty() {
                    true => format!("enum{name}"),
                    false => format!(
                        "enum{name} {}{}",
                        self.constants(values, depth)?,
                        mode(*size)
                    ),
                }
            }
            _ => String::new(),
        })
    }

    fn structure(
        &mut self,
        ty: &BtfType,
        size: u32,
        members: &[Member],
        shape: Shape,
        depth: usize,
    ) -> Result<String> {
        let overlap = || HeaderError::Layout {
            name: ty.name().to_owned(),
            size,
        };
        let mut body = String::from("{\n");
        let mut at = 0;
        for member in members {
            let offset = u64::from(member.bit_offset);
            let width = u64::from(member.bit_size);
            if offset > self.natural_place(member, at, shape)? {
                self.fill(&mut body, at, offset, depth + 1)?;
            } else if offset < at {
                return Err(overlap());
            }
            self.member(&mut body, member, depth + 1)?;
            at = match width {
                0 => offset + 8 * self.shapes.size_of(member.ty)?,
                width => offset + width,
            };
        }
        let end = 8 * u64::from(size);
        if at > end {
            return Err(overlap());
        }
        if end > at.next_multiple_of(8 * shape.align) {
            self.fill(&mut body, at, end, depth + 1)?;
        }
        body += &indent(depth);
        body.push('}');
        Ok(body)
    }

    /// Where C would put a member behind others that end at `at`, in bits.
    fn natural_place(&mut self, member: &Member, at: u64, shape: Shape) -> Result<u64> {
        Ok(match u64::from(member.bit_size) {
            0 if shape.is_packed => at.next_multiple_of(8),
            0 => at.next_multiple_of(8 * self.shapes.align_of(member.ty, 0)?),
            _ if shape.is_packed => at,
            width => {
                let unit = 8 * self.shapes.size_of(member.ty)?.max(1);
                match at % unit + width <= unit {
                    true => at,
                    false => at.next_multiple_of(unit),
                }
            }
        })
    }

    fn union(&mut self, members: &[Member], depth: usize) -> Result<String> {
        let mut body = String::from("{\n");
        for member in members {
            self.member(&mut body, member, depth + 1)?;
        }
        body += &indent(depth);
        body.push('}');
        Ok(body)
    }

    fn member(&mut self, body: &mut String, member: &Member, depth: usize) -> Result<()> {
        let name = match member.name.as_str() {
            "" => "",
            name => identifier(name)?,
        };
        let declaration = self.declaration(member.ty, name.to_owned(), depth)?;
        *body += &indent(depth);
        *body += &declaration;
        if member.bit_size > 0 {
            // Writing to a string cannot fail.
            let _ = write!(body, ": {}", member.bit_size);
        }
        *body += ";\n";
        Ok(())
    }

    /// Unnamed bit-fields from `at` to `end`, each where C puts it by itself.
    fn fill(&mut self, body: &mut String, mut at: u64, end: u64, depth: usize) -> Result<()> {
        while at < end {
            let whole = |row: &&(&str, u64)| at.is_multiple_of(row.1) && at + row.1 <= end;
            let (ty, bits) = match FILLERS.iter().find(whole) {
                Some(&row) => row,
                None => ("char", (8 - at % 8).min(end - at)),
            };
            let line = format!("{}{ty}: {bits};\n", indent(depth));
            self.charge(line.len())?;
            *body += &line;
            at += bits;
        }
        Ok(())
    }

    fn constants(&mut self, values: &[Enumerator], depth: usize) -> Result<String> {
        let mut body = String::from("{\n");
        for Enumerator { name, value } in values {
            let name = numbered(&mut self.constants, name)?;
            let suffix = match i32::try_from(*value).is_ok() || u32::try_from(*value).is_ok() {
                true => "",
                false if *value < 0 => "LL",
                false => "ULL",
            };
            let line = format!("{}{name} = {value}{suffix},\n", indent(depth + 1));
            self.charge(line.len())?;
            body += &line;
        }
        body += &indent(depth);
        body.push('}');
        Ok(body)
    }

    /// A declaration of `declarator`, from the inside out (C11 6.7.6).
    fn declaration(&mut self, id: TypeId, mut declarator: String, depth: usize) -> Result<String> {
        if depth > MAX_DEPTH {
            return Err(HeaderError::TooDeep);
        }
        let mut id = id;
        let mut qualifiers = String::new();
        let mut is_pointer = false;
        for _ in 0..MAX_DEPTH {
            self.charge(declarator.len())?;
            let ty = self.btf.get(id)?;
            match ty.as_deref() {
                Some(BtfType::Const { target }) => {
                    qualifiers += "const ";
                    id = *target;
                }
                Some(BtfType::Volatile { target }) => {
                    qualifiers += "volatile ";
                    id = *target;
                }
                Some(BtfType::Restrict { target }) => {
                    qualifiers += "restrict ";
                    id = *target;
                }
                Some(BtfType::TypeTag {
                    value,
                    target,
                    attribute,
                }) => {
                    if !attribute && identifier(value).is_ok() {
                        qualifiers += &format!("__attribute__((btf_type_tag(\"{value}\"))) ");
                    }
                    id = *target;
                }
                Some(BtfType::Ptr { target }) => {
                    declarator = format!("*{}{declarator}", std::mem::take(&mut qualifiers));
                    is_pointer = true;
                    id = *target;
                }
                Some(BtfType::Array { element, count, .. }) => {
                    declarator = grouped(declarator, std::mem::take(&mut is_pointer));
                    let _ = write!(declarator, "[{count}]");
                    id = *element;
                }
                Some(BtfType::FuncProto { result, params }) => {
                    declarator = grouped(declarator, std::mem::take(&mut is_pointer));
                    let mut list = Vec::new();
                    for param in params {
                        list.push(self.parameter(param, depth)?);
                    }
                    let _ = match list.is_empty() {
                        true => write!(declarator, "(void)"),
                        false => write!(declarator, "({})", list.join(", ")),
                    };
                    qualifiers.clear();
                    id = *result;
                }
                base => {
                    let base = self.base(id, base, depth)?;
                    self.charge(base.len())?;
                    let text = format!("{qualifiers}{base} {declarator}");
                    return Ok(text.trim_end().to_owned());
                }
            }
        }
        Err(HeaderError::TooDeep)
    }

    /// Parameters go without names where a compiler reads it: a name may be one that is a macro there.
    fn parameter(&mut self, param: &Param, depth: usize) -> Result<String> {
        match param.ty {
            TypeId::VOID => Ok("...".to_owned()),
            id if self.is_brief && !param.name.is_empty() => {
                self.declaration(id, identifier(&param.name)?.to_owned(), depth + 1)
            }
            id => self.declaration(id, String::new(), depth + 1),
        }
    }

    /// What a declaration starts with.
    fn base(&mut self, id: TypeId, ty: Option<&BtfType>, depth: usize) -> Result<String> {
        let Some(ty) = ty else {
            return Ok("void".to_owned());
        };
        let name = self.names.get(&id).map_or(ty.name(), String::as_str);
        Ok(match ty {
            BtfType::Int { .. } | BtfType::Float { .. } => words(name)?.to_owned(),
            BtfType::Typedef { .. } => identifier(name)?.to_owned(),
            BtfType::Enum { .. } | BtfType::Enum64 { .. } if name.is_empty() && self.is_brief => {
                "enum {…}".to_owned()
            }
            _ if name.is_empty() && self.is_brief => match record_keyword(ty) {
                Some(keyword) => format!("{keyword} {{…}}"),
                None => "void".to_owned(),
            },
            _ if name.is_empty() => self.definition(id, ty, depth)?,
            BtfType::Enum { .. } | BtfType::Enum64 { .. } => format!("enum {}", identifier(name)?),
            _ => match record_keyword(ty) {
                Some(keyword) => format!("{keyword} {}", identifier(name)?),
                // Functions, variables and sections are no types.
                None => "void".to_owned(),
            },
        })
    }
}

fn record_keyword(ty: &BtfType) -> Option<&'static str> {
    match ty {
        BtfType::Struct { .. } => Some("struct"),
        BtfType::Union { .. } => Some("union"),
        BtfType::Fwd { kind, .. } => Some(match kind {
            FwdKind::Struct => "struct",
            FwdKind::Union => "union",
        }),
        _ => None,
    }
}

fn packed(shape: Shape) -> &'static str {
    match shape.is_packed {
        true => " __attribute__((packed))",
        false => "",
    }
}

/// What makes an enum smaller or larger than `int`.
fn mode(size: u32) -> &'static str {
    match size {
        1 => " __attribute__((mode(byte)))",
        2 => " __attribute__((mode(HI)))",
        8 => " __attribute__((mode(word)))",
        _ => "",
    }
}

/// `(*f)`: a pointer to an array or function, as opposed to one that they give.
fn grouped(declarator: String, is_pointer: bool) -> String {
    match is_pointer {
        true => format!("({declarator})"),
        false => declarator,
    }
}

fn indent(depth: usize) -> String {
    "\t".repeat(depth)
}
