//! How a type is written in C: for messages, and for the text of the typed tree.
//!
//! A C declarator is read inside out, so it is written inside out: [`wrap`](Types::wrap) receives what has been written so
//! far (at first the declared name) and puts one more level around it: `f` → `*f` → `(*f)(int)` → `void (*f)(int)`.

use super::{FunctionType, QualType, Quals, TypeId, TypeKind, Types};

impl Types {
    /// The type as one would write it in a cast.
    pub fn spell(&self, ty: QualType) -> String {
        self.wrap(ty, String::new())
    }

    /// The declaration of `name` with this type.
    pub fn spell_declaration(&self, ty: QualType, name: &str) -> String {
        self.wrap(ty, name.to_owned())
    }

    /// The type in quotes; if a typedef hides what it is, with `(aka …)`.
    pub fn describe(&self, ty: QualType) -> String {
        let shown = self.spell(ty);
        let bare = self.spell(self.canonical(ty));
        if shown == bare {
            format!("`{shown}`")
        } else {
            format!("`{shown}` (aka `{bare}`)")
        }
    }

    fn wrap(&self, ty: QualType, inner: String) -> String {
        match self.kind(ty.ty) {
            TypeKind::Pointer(pointee) => {
                let quals = qualifier_prefix(ty.quals);
                let inner = format!("*{quals}{inner}");
                let inner = if self.binds_tighter(pointee.ty) {
                    format!("({inner})")
                } else {
                    inner
                };
                self.wrap(*pointee, inner.trim_end().to_owned())
            }
            TypeKind::Array { element, len } => {
                let len = len.map(|len| len.to_string()).unwrap_or_default();
                self.wrap(element.and(ty.quals), format!("{inner}[{len}]"))
            }
            TypeKind::Function(function) => {
                let params = self.spell_params(function);
                self.wrap(function.result.unqualified(), format!("{inner}({params})"))
            }
            TypeKind::Tagged { inner: tagged, .. } => self.wrap(tagged.and(ty.quals), inner),
            _ => {
                let base = format!("{}{}", qualifier_prefix(ty.quals), self.base_name(ty.ty));
                if inner.is_empty() {
                    base
                } else {
                    format!("{base} {inner}")
                }
            }
        }
    }

    /// Whether a pointer to this type needs parentheses around its star.
    fn binds_tighter(&self, ty: TypeId) -> bool {
        match self.kind(ty) {
            TypeKind::Array { .. } | TypeKind::Function(_) => true,
            TypeKind::Tagged { inner, .. } => self.binds_tighter(inner.ty),
            _ => false,
        }
    }

    fn spell_params(&self, function: &FunctionType) -> String {
        if !function.prototyped {
            return String::new();
        }
        let mut params: Vec<String> = function
            .params
            .iter()
            .map(|param| self.spell(param.ty))
            .collect();
        if function.variadic {
            params.push("...".to_owned());
        }
        if params.is_empty() {
            params.push("void".to_owned());
        }
        params.join(", ")
    }

    fn base_name(&self, ty: TypeId) -> String {
        match self.kind(ty) {
            TypeKind::Void => "void".to_owned(),
            TypeKind::Int(kind) => kind.name().to_owned(),
            TypeKind::Float(kind) => kind.name().to_owned(),
            TypeKind::Enum(id) => tagged("enum", self.enumeration(*id).tag.as_deref()),
            TypeKind::Record(id) => {
                let record = self.record(*id);
                tagged(record.kind.keyword(), record.tag.as_deref())
            }
            TypeKind::Typedef(id) => self.typedef(*id).name.clone(),
            TypeKind::Pointer(_)
            | TypeKind::Array { .. }
            | TypeKind::Function(_)
            | TypeKind::Tagged { .. } => String::new(),
        }
    }
}

fn tagged(keyword: &str, tag: Option<&str>) -> String {
    format!("{keyword} {}", tag.unwrap_or("(anonymous)"))
}

/// The qualifiers with a space behind each.
fn qualifier_prefix(quals: Quals) -> String {
    let mut text = String::new();
    let words = [
        (quals.is_const, "const "),
        (quals.is_volatile, "volatile "),
        (quals.is_restrict, "restrict "),
        (quals.is_atomic, "_Atomic "),
    ];
    for (present, word) in words {
        if present {
            text.push_str(word);
        }
    }
    if quals.address_space != 0 {
        text.push_str(&format!(
            "__attribute__((address_space({}))) ",
            quals.address_space
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{IntKind, Param};
    use super::*;

    #[test]
    fn declarators_are_written_inside_out() {
        let mut types = Types::new();
        let int = Types::INT.unqualified();
        let const_char = Types::int(IntKind::Char).with(Quals::CONST);
        let string = types.pointer_to(const_char);
        let function = types.intern(TypeKind::Function(FunctionType {
            result: Types::VOID,
            params: vec![
                Param {
                    name: None,
                    ty: int,
                    tags: Vec::new(),
                },
                Param {
                    name: Some("s".into()),
                    ty: string.unqualified(),
                    tags: Vec::new(),
                },
            ],
            variadic: true,
            prototyped: true,
        }));
        let handler = types.pointer_to(function.unqualified());
        let table = types.array(handler.unqualified(), 4);
        let spelled = types.spell_declaration(table.unqualified(), "table");
        assert_eq!(spelled, "void (*table[4])(int, const char *, ...)");
        let constant_pointer = types.pointer_to(int);
        assert_eq!(
            types.spell(constant_pointer.with(Quals::CONST)),
            "int *const"
        );
    }
}
