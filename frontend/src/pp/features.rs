//! What `__has_attribute` and its like answer: what [`sema`] has rows for.

use crate::sema;

/// Which question is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// `__has_attribute(name)`: a GNU attribute.
    Attribute,
    /// `__has_c_attribute(name)`: a C23 attribute.
    CAttribute,
    /// `__has_builtin(name)`.
    Builtin,
    /// `__has_feature(name)` and `__has_extension(name)`.
    Feature,
}

/// Attributes of C23. Those of GNU C and clang may be written in brackets too, behind `gnu::` and `clang::`.
const C_ATTRIBUTES: &[&str] = &[
    "deprecated",
    "fallthrough",
    "maybe_unused",
    "nodiscard",
    "noreturn",
    "reproducible",
    "unsequenced",
];

/// Builtins that the grammar knows.
const IN_GRAMMAR: &[&str] = &["__builtin_offsetof"];

/// Language features.
const FEATURES: &[&str] = &[
    "attribute_deprecated_with_message",
    "c_alignas",
    "c_alignof",
    "c_generic_selections",
    "c_static_assert",
    "c_fixed_enum",
    "enumerator_attributes",
    "gnu_asm",
    "gnu_asm_goto_with_outputs",
    "statement_attributes_with_gnu_syntax",
];

/// Whether the compiler has a thing of that name. Names may wear underscores on both sides: `__aligned__`.
pub(super) fn has(kind: Kind, name: &str) -> bool {
    let bare = name
        .strip_prefix("__")
        .and_then(|rest| rest.strip_suffix("__"))
        .unwrap_or(name);
    match kind {
        Kind::Attribute => sema::has_attribute(bare),
        Kind::CAttribute => match name.split_once("::") {
            Some(("gnu" | "__gnu__" | "clang" | "_Clang", name)) => has(Kind::Attribute, name),
            Some(_) => false,
            None => C_ATTRIBUTES.contains(&bare),
        },
        Kind::Builtin => IN_GRAMMAR.contains(&name) || sema::has_builtin(name),
        Kind::Feature => FEATURES.contains(&bare),
    }
}
