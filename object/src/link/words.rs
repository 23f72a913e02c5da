//! Types in words of C, for messages.

use crate::btf::{Btf, BtfType, FwdKind, Linkage, TypeId};

/// Longest way through pointers, arrays and functions that is spelt out.
const MAX_DEPTH: u32 = 16;

/// A function or variable as it would be declared: `extern int counter`.
pub(super) fn declaration(btf: &Btf, id: TypeId) -> String {
    match btf.get(id) {
        Some(BtfType::Var { name, ty, linkage }) => prefixed(*linkage, spell(btf, *ty, name)),
        Some(BtfType::Func {
            name,
            proto,
            linkage,
        }) => prefixed(*linkage, spell(btf, *proto, name)),
        _ => type_name(btf, id),
    }
}

/// A type by itself: `struct task_struct *`.
pub(super) fn type_name(btf: &Btf, id: TypeId) -> String {
    spell(btf, id, "").trim_end().to_owned()
}

fn prefixed(linkage: Linkage, declaration: String) -> String {
    match linkage {
        Linkage::Static => format!("static {declaration}"),
        Linkage::Global => declaration,
        Linkage::Extern => format!("extern {declaration}"),
    }
}

fn spell(btf: &Btf, id: TypeId, name: &str) -> String {
    spell_around(btf, id, name.to_owned(), MAX_DEPTH)
}

/// Wraps the declarator into what the type adds to it, from the inside out.
fn spell_around(btf: &Btf, id: TypeId, declarator: String, depth: u32) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return format!("… {declarator}");
    };
    let around = |target: TypeId, declarator| spell_around(btf, target, declarator, depth);
    let Some(ty) = btf.get(id) else {
        return format!("void {declarator}");
    };
    match ty {
        BtfType::Ptr { target } => {
            let is_inner = matches!(
                btf.get(*target),
                Some(BtfType::Array { .. } | BtfType::FuncProto { .. })
            );
            let pointer = format!("*{declarator}");
            around(
                *target,
                if is_inner {
                    format!("({pointer})")
                } else {
                    pointer
                },
            )
        }
        BtfType::Array { element, count, .. } => around(*element, format!("{declarator}[{count}]")),
        BtfType::FuncProto { result, params } => {
            let param = |param: &crate::btf::Param| around(param.ty, param.name.clone());
            let params: Vec<String> = params.iter().map(param).collect();
            let params = params.iter().map(|text| text.trim_end());
            let list = params.collect::<Vec<_>>().join(", ");
            let list = if list.is_empty() { "void" } else { &list };
            around(*result, format!("{declarator}({list})"))
        }
        BtfType::Const { target } => qualified(btf, "const", *target, declarator, depth),
        BtfType::Volatile { target } => qualified(btf, "volatile", *target, declarator, depth),
        BtfType::Restrict { target } => qualified(btf, "restrict", *target, declarator, depth),
        BtfType::TypeTag { target, .. } => around(*target, declarator),
        named => format!("{} {declarator}", base(named)),
    }
}

/// A qualifier stands before what it qualifies, and behind the star of a pointer.
fn qualified(btf: &Btf, word: &str, target: TypeId, declarator: String, depth: u32) -> String {
    match btf.get(target) {
        Some(BtfType::Ptr { .. }) => {
            spell_around(btf, target, format!("{word} {declarator}"), depth)
        }
        _ => format!("{word} {}", spell_around(btf, target, declarator, depth)),
    }
}

fn base(ty: &BtfType) -> String {
    let keyword = match ty {
        BtfType::Struct { .. }
        | BtfType::Fwd {
            kind: FwdKind::Struct,
            ..
        } => "struct",
        BtfType::Union { .. } | BtfType::Fwd { .. } => "union",
        BtfType::Enum { .. } | BtfType::Enum64 { .. } => "enum",
        _ => return ty.name().to_owned(),
    };
    let name = match ty.name() {
        "" => "{…}",
        name => name,
    };
    format!("{keyword} {name}")
}
