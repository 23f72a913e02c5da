//! The C library as the compiler knows it: `__builtin_strlen` is the library's `strlen`, declared or not.
//!
//! [`PROTOTYPES`] is the list. A call whose answer is known when compiling is not made; the others are calls by name, which the
//! bundled runtime's environment `user` answers and Linux does not (`Rule::Library`).

use crate::source::Span;
use crate::tree::{Builtin, Expr, ExprKind, FuncId, Function, FunctionAttributes, GlobalKind};
use crate::tree::{Linkage, Symbol};
use crate::types::{FunctionType, IntKind, Param, Quals, TypeId, TypeKind, Types};

use super::constant::constant_value;
use super::convert::{self, constant};
use super::scope::{Binding, Entity};
use super::{Checked, Checker};

/// How a program gives up.
pub(super) const ABORT: &str = "_Noreturn void abort(void)";

/// Functions of the C library as its headers declare them.
static PROTOTYPES: &[&str] = &[
    ABORT,
    "_Noreturn void exit(int)",
    "int abs(int)",
    "long labs(long)",
    "long long llabs(long long)",
    "void *malloc(size_t)",
    "void *calloc(size_t, size_t)",
    "void *realloc(void *, size_t)",
    "void free(void *)",
    "int putchar(int)",
    "int puts(const char *)",
    "int printf(const char *, ...)",
    "int sprintf(char *, const char *, ...)",
    "int snprintf(char *, size_t, const char *, ...)",
    "void *memchr(const void *, int, size_t)",
    "void *mempcpy(void *, const void *, size_t)",
    "size_t strlen(const char *)",
    "size_t strnlen(const char *, size_t)",
    "int strcmp(const char *, const char *)",
    "int strncmp(const char *, const char *, size_t)",
    "char *strcpy(char *, const char *)",
    "char *stpcpy(char *, const char *)",
    "char *strncpy(char *, const char *, size_t)",
    "char *strcat(char *, const char *)",
    "char *strncat(char *, const char *, size_t)",
    "char *strchr(const char *, int)",
    "char *strrchr(const char *, int)",
    "char *strstr(const char *, const char *)",
    "char *strpbrk(const char *, const char *)",
    "size_t strspn(const char *, const char *)",
    "size_t strcspn(const char *, const char *)",
    // Those below are done inline, under these names too.
    "void *memcpy(void *, const void *, size_t)",
    "void *memmove(void *, const void *, size_t)",
    "void *memset(void *, int, size_t)",
    "int memcmp(const void *, const void *, size_t)",
    "int bcmp(const void *, const void *, size_t)",
];

/// How the library declares the function of this name.
pub(crate) fn prototype(name: &str) -> Option<&'static str> {
    let is_it = |row: &&&str| name_in(row) == name;
    PROTOTYPES.iter().find(is_it).copied()
}

fn name_in(prototype: &str) -> &str {
    let declarator = prototype.split('(').next().unwrap_or_default();
    let name = declarator.rsplit(' ').next().unwrap_or_default();
    name.trim_start_matches('*')
}

impl Checker<'_> {
    /// The library's function of this name: the program's declaration of it, or one that is made here.
    pub(super) fn library_function(&mut self, prototype: &'static str, span: Span) -> FuncId {
        let name = name_in(prototype);
        let declared = self.scopes.lookup_file(name);
        if let Some(Binding {
            entity: Entity::Func(id),
            ..
        }) = declared
        {
            return id;
        }
        if let Some(&id) = self.library.get(name) {
            return id;
        }
        let id = FuncId::new(self.unit.functions.len());
        let ty = self.prototype_type(prototype);
        self.unit.functions.push(Function {
            name: name.to_owned(),
            ty,
            params: Vec::new(),
            locals: Vec::new(),
            labels: Vec::new(),
            addressed_labels: Vec::new(),
            body: None,
            linkage: Linkage::Global,
            attributes: FunctionAttributes {
                noreturn: prototype.starts_with("_Noreturn "),
                ..FunctionAttributes::default()
            },
            span,
        });
        self.library.insert(name, id);
        id
    }

    /// `char *strchr(const char *, int)` as a type.
    fn prototype_type(&mut self, prototype: &str) -> TypeId {
        let text = prototype.trim_start_matches("_Noreturn ");
        let (declarator, params) = text.split_once('(').unwrap_or((text, ")"));
        let result = self.spelled_type(declarator.trim_end_matches(char::is_alphanumeric));
        let list = params.trim_end_matches(')').split(", ");
        let named = list.filter(|param| !["void", "..."].contains(param));
        let params = named
            .map(|param| Param {
                name: None,
                ty: self.spelled_type(param).unqualified(),
                tags: Vec::new(),
            })
            .collect();
        self.unit.types.intern(TypeKind::Function(FunctionType {
            result,
            params,
            variadic: prototype.ends_with("...)"),
            prototyped: true,
        }))
    }

    /// One of the few types that stand in [`PROTOTYPES`].
    fn spelled_type(&mut self, text: &str) -> TypeId {
        let (pointee, is_pointer) = match text.trim().strip_suffix('*') {
            Some(pointee) => (pointee.trim(), true),
            None => (text.trim(), false),
        };
        let (base, quals) = match pointee.strip_prefix("const ") {
            Some(base) => (base, Quals::CONST),
            None => (pointee, Quals::NONE),
        };
        let base = match base {
            "char" => Types::int(IntKind::Char),
            "int" => Types::INT,
            "long" => Types::int(IntKind::Long),
            "long long" => Types::int(IntKind::LongLong),
            "size_t" => Types::int(IntKind::ULong),
            _ => Types::VOID,
        };
        if is_pointer {
            self.unit.types.pointer_to(base.with(quals))
        } else {
            base
        }
    }

    /// A call of a library function that need not be made: its value is known, or it is a matter of a few instructions.
    /// The arguments have been converted to the types of the parameters.
    pub(super) fn library_value(
        &mut self,
        id: FuncId,
        ty: TypeId,
        args: &[Expr],
        span: Span,
    ) -> Option<Expr> {
        let function = &self.unit[id];
        if function.body.is_some() || function.linkage == Linkage::Local {
            return None;
        }
        let kind = self.types().int_kind(ty);
        let name = function.name.as_str();
        match (name, args, kind) {
            ("abs" | "labs" | "llabs", [value], Some(kind)) if value.ty == ty => {
                Some(self.absolute(value, kind, span))
            }
            (_, _, Some(kind)) => {
                let value = self.known_number(name, args)?;
                Some(constant(kind.wrap(value), ty, span))
            }
            _ => self.known_place(name, args, ty, span),
        }
    }

    fn absolute(&self, value: &Expr, kind: IntKind, span: Span) -> Expr {
        match value.as_const() {
            Some(known) => constant(kind.wrap(known.wrapping_abs()), value.ty, span),
            None => self.builtin(Builtin::Abs, vec![value.clone()], value.ty, span),
        }
    }

    /// The value of a function that compares or counts.
    fn known_number(&self, name: &str, args: &[Expr]) -> Option<i128> {
        let text = |index: usize| self.known_string(args.get(index)?);
        let first = |index: usize, most: &Expr| -> Option<&[u8]> {
            let most = usize::try_from(most.as_const()?).ok()?;
            let bytes = self.known_bytes(args.get(index)?)?;
            let within = &bytes[..bytes.len().min(most)];
            match within.iter().position(|&byte| byte == 0) {
                Some(end) => Some(&within[..end]),
                None => (within.len() == most).then_some(within),
            }
        };
        let count = |of_set: bool| {
            let (text, set) = (text(0)?, text(1)?);
            let span = text.iter().take_while(|byte| set.contains(byte) == of_set);
            Some(span.count() as i128)
        };
        match (name, args) {
            ("strlen", _) => Some(text(0)?.len() as i128),
            ("strnlen", [_, most]) => Some(first(0, most)?.len() as i128),
            ("strcmp", _) => Some(text(0)?.cmp(text(1)?) as i128),
            ("strncmp", [_, _, most]) if most.as_const() == Some(0) => Some(0),
            ("strncmp", [_, _, most]) => Some(first(0, most)?.cmp(first(1, most)?) as i128),
            ("strspn", _) => count(true),
            ("strcspn", _) => count(false),
            _ => None,
        }
    }

    /// The value of a function that finds a place in a known string.
    fn known_place(&self, name: &str, args: &[Expr], ty: TypeId, span: Span) -> Option<Expr> {
        let [text, wanted, ..] = args else {
            return None;
        };
        let byte = || wanted.as_const().map(|value| value as u8);
        // A search for the end finds it.
        let with_end = || {
            let bytes = self.known_bytes(text)?;
            let end = bytes.iter().position(|&byte| byte == 0)?;
            Some(&bytes[..=end])
        };
        let found = match name {
            "strchr" => {
                let wanted = byte()?;
                with_end()?.iter().position(|&byte| byte == wanted)
            }
            "strrchr" => {
                let wanted = byte()?;
                with_end()?.iter().rposition(|&byte| byte == wanted)
            }
            "strstr" => {
                let (text, wanted) = (self.known_string(text)?, self.known_string(wanted)?);
                (0..=text.len()).find(|&at| text[at..].starts_with(wanted))
            }
            "memchr" => {
                let len = usize::try_from(args.get(2)?.as_const()?).ok()?;
                let wanted = byte()?;
                let bytes = self.known_bytes(text)?.get(..len)?;
                bytes.iter().position(|&byte| byte == wanted)
            }
            _ => return None,
        };
        Some(match found {
            Some(at) => self.further(text, at, ty, span),
            None => constant(0, ty, span),
        })
    }

    /// The pointer `at` bytes further, as a `ty`.
    fn further(&self, pointer: &Expr, at: usize, ty: TypeId, span: Span) -> Expr {
        let offset = ExprKind::PtrOffset {
            ptr: Box::new(pointer.clone()),
            index: Box::new(constant(at as i128, Types::int(IntKind::Long), span)),
            size: 1,
        };
        self.cast(convert::expr(offset, pointer.ty, span), ty)
    }

    /// The string that a pointer points to, if it is known when compiling.
    fn known_string(&self, pointer: &Expr) -> Option<&[u8]> {
        let bytes = self.known_bytes(pointer)?;
        let end = bytes.iter().position(|&byte| byte == 0)?;
        Some(&bytes[..end])
    }

    /// The bytes of a constant object from where a pointer points to its end.
    pub(super) fn known_bytes(&self, pointer: &Expr) -> Option<&[u8]> {
        let value = constant_value(pointer)?;
        let Some(Symbol::Global(id)) = value.symbol else {
            return None;
        };
        let global = &self.unit[id];
        let is_constant = matches!(global.kind, GlobalKind::String | GlobalKind::ReadOnly)
            && !global.linkage.is_weak()
            && !self.object_quals(global.ty).is_volatile;
        let image = global.image.as_ref().filter(|_| is_constant)?;
        if !image.pointers.is_empty() {
            return None;
        }
        image.bytes.get(usize::try_from(value.addend).ok()?..)
    }

    /// A call of the library's function by its name with the compiler's prefix.
    pub(super) fn library_call(
        &mut self,
        prototype: &'static str,
        args: Vec<Expr>,
        span: Span,
    ) -> Checked<Expr> {
        let id = self.library_function(prototype, span);
        let ty = self.unit[id].ty;
        let function = self.types().function_type(ty).cloned();
        let function = function.expect("functions have function types");
        self.call_function(id, &function, args, span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_prototypes() {
        assert_eq!(prototype("strchr"), Some("char *strchr(const char *, int)"));
        assert_eq!(prototype("char"), None);
        let names: Vec<&str> = PROTOTYPES.iter().map(|row| name_in(row)).collect();
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{name} has two rows");
        }
    }
}
