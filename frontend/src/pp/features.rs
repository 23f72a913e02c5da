//! What `__has_attribute` and its like answer.

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

/// Attributes that the compiler acts on, or that it can ignore without changing what a program does.
const ATTRIBUTES: &[&str] = &[
    "address_space",
    "alias",
    "aligned",
    "always_inline",
    "annotate",
    "bpf_fastcall",
    "btf_decl_tag",
    "btf_type_tag",
    "cleanup",
    "const",
    "deprecated",
    "error",
    "fallthrough",
    "format",
    "gnu_inline",
    "malloc",
    "may_alias",
    "mode",
    "naked",
    "no_builtin",
    "noinline",
    "nonnull",
    "noreturn",
    "nothrow",
    "optnone",
    "packed",
    "preserve_access_index",
    "pure",
    "section",
    "unused",
    "used",
    "visibility",
    "warn_unused_result",
    "weak",
];

/// Attributes of C23 and those that clang offers in brackets.
const C_ATTRIBUTES: &[&str] = &[
    "clang::noinline",
    "deprecated",
    "fallthrough",
    "gnu::unused",
    "maybe_unused",
    "nodiscard",
    "noreturn",
];

/// Builtins that the compiler translates.
const BUILTINS: &[&str] = &[
    "__atomic_add_fetch",
    "__atomic_and_fetch",
    "__atomic_compare_exchange_n",
    "__atomic_exchange_n",
    "__atomic_fetch_add",
    "__atomic_fetch_and",
    "__atomic_fetch_or",
    "__atomic_fetch_sub",
    "__atomic_fetch_xor",
    "__atomic_load_n",
    "__atomic_or_fetch",
    "__atomic_store_n",
    "__atomic_sub_fetch",
    "__atomic_xor_fetch",
    "__builtin_bcmp",
    "__builtin_bswap16",
    "__builtin_bswap32",
    "__builtin_bswap64",
    "__builtin_btf_type_id",
    "__builtin_choose_expr",
    "__builtin_clz",
    "__builtin_clzl",
    "__builtin_clzll",
    "__builtin_constant_p",
    "__builtin_ctz",
    "__builtin_ctzl",
    "__builtin_ctzll",
    "__builtin_expect",
    "__builtin_ffs",
    "__builtin_ffsll",
    "__builtin_memcmp",
    "__builtin_memcpy",
    "__builtin_memcpy_inline",
    "__builtin_memmove",
    "__builtin_memset",
    "__builtin_offsetof",
    "__builtin_popcount",
    "__builtin_popcountl",
    "__builtin_popcountll",
    "__builtin_preserve_access_index",
    "__builtin_preserve_enum_value",
    "__builtin_preserve_field_info",
    "__builtin_preserve_type_info",
    "__builtin_strcmp",
    "__builtin_strlen",
    "__builtin_trap",
    "__builtin_types_compatible_p",
    "__builtin_unreachable",
    "__sync_add_and_fetch",
    "__sync_and_and_fetch",
    "__sync_bool_compare_and_swap",
    "__sync_fetch_and_add",
    "__sync_fetch_and_and",
    "__sync_fetch_and_or",
    "__sync_fetch_and_sub",
    "__sync_fetch_and_xor",
    "__sync_lock_test_and_set",
    "__sync_or_and_fetch",
    "__sync_sub_and_fetch",
    "__sync_val_compare_and_swap",
    "__sync_xor_and_fetch",
];

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
        Kind::Attribute => ATTRIBUTES.contains(&bare),
        Kind::CAttribute => C_ATTRIBUTES.contains(&bare),
        Kind::Builtin => BUILTINS.contains(&name),
        Kind::Feature => FEATURES.contains(&bare),
    }
}
