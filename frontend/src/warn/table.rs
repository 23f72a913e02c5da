//! All warnings that have a name.

/// When a warning is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// As an error, unless switched off or demoted with `-Wno-error=NAME`.
    Error,
    /// Unless switched off.
    Default,
    /// With `-Wall`.
    All,
    /// With `-Wextra`.
    Extra,
    /// If asked for by name.
    Off,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Warning {
    /// As in `-Wno-NAME`, and the diagnostic's code.
    pub name: &'static str,
    /// When it is given.
    pub group: Group,
    /// What it is about.
    pub about: &'static str,
}

const fn row(name: &'static str, group: Group, about: &'static str) -> Warning {
    Warning { name, group, about }
}

/// All warnings that have a name, by name. The names are clang's or GCC's.
pub const WARNINGS: &[Warning] = &[
    row(
        "address",
        Group::All,
        "a condition that is an address, which is never null",
    ),
    row(
        "address-of-packed-member",
        Group::Default,
        "the address of a packed member may not be aligned",
    ),
    row(
        "array-bounds",
        Group::Default,
        "an index lies outside of its array",
    ),
    row(
        "builtin-macro-redefined",
        Group::Default,
        "a macro that the compiler computes is defined or undefined",
    ),
    row(
        "compare-distinct-pointer-types",
        Group::Default,
        "pointers to different types are compared",
    ),
    row(
        "constant-conversion",
        Group::Default,
        "a constant that its new type cannot hold",
    ),
    row("cpp", Group::Default, "what `#warning` says"),
    row(
        "discarded-qualifiers",
        Group::Default,
        "a pointer loses `const` or `volatile`",
    ),
    row(
        "division-by-zero",
        Group::Default,
        "a division by the constant zero",
    ),
    row(
        "empty-body",
        Group::Extra,
        "an `if` or `else` with nothing but `;`",
    ),
    row(
        "empty-range",
        Group::Default,
        "a case range without a value",
    ),
    row(
        "excess-initializers",
        Group::Default,
        "more values than there is room for",
    ),
    row(
        "extra-tokens",
        Group::Default,
        "text behind a directive that is complete",
    ),
    row(
        "format",
        Group::All,
        "a format string and its arguments disagree",
    ),
    row(
        "implicit-fallthrough",
        Group::Extra,
        "a case runs into the next one",
    ),
    row(
        "incompatible-pointer-types",
        Group::Default,
        "a pointer becomes one to another type",
    ),
    row(
        "int-conversion",
        Group::Error,
        "a number becomes a pointer, or a pointer a number, without a cast",
    ),
    row(
        "integer-overflow",
        Group::Default,
        "a constant is computed that its type cannot hold",
    ),
    row("invalid-utf8", Group::Default, "a file is not UTF-8"),
    row(
        "logical-not-parentheses",
        Group::All,
        "a `!` that negates one side of a comparison only",
    ),
    row(
        "macro-redefined",
        Group::Default,
        "a macro is defined differently a second time",
    ),
    row(
        "maybe-uninitialized",
        Group::All,
        "a variable is read that has no value on some way",
    ),
    row(
        "memset-transposed-args",
        Group::All,
        "a `memset` of no bytes",
    ),
    row(
        "misleading-indentation",
        Group::All,
        "a statement that looks as if it belonged to the `if` or loop above",
    ),
    row(
        "missing-declarations",
        Group::Default,
        "a declaration that declares nothing",
    ),
    row(
        "missing-field-initializers",
        Group::Extra,
        "a struct's list of values ends before its members do",
    ),
    row(
        "null-dereference",
        Group::Default,
        "what the null pointer points to is accessed",
    ),
    row(
        "parentheses",
        Group::All,
        "an assignment or a mix of operators that is easily misread",
    ),
    row(
        "pointer-integer-compare",
        Group::Default,
        "a pointer is compared with a number",
    ),
    row(
        "pointer-to-int-cast",
        Group::Default,
        "a pointer becomes a number that is too narrow for it",
    ),
    row(
        "pragma-once-outside-header",
        Group::Default,
        "`#pragma once` in the file that is compiled",
    ),
    row(
        "return-stack-address",
        Group::Default,
        "the address of a variable that is gone after the return",
    ),
    row(
        "return-type",
        Group::All,
        "a function ends without a result",
    ),
    row(
        "self-assign",
        Group::All,
        "a variable is assigned to itself",
    ),
    row(
        "shadow",
        Group::Off,
        "a name hides a variable or function of an outer block",
    ),
    row(
        "shift-count-negative",
        Group::Default,
        "a shift by a negative number",
    ),
    row(
        "shift-count-overflow",
        Group::Default,
        "a shift by all bits or more",
    ),
    row(
        "sign-compare",
        Group::Extra,
        "a signed number is compared as an unsigned one",
    ),
    row(
        "sizeof-pointer-memaccess",
        Group::All,
        "a length that is the size of a pointer and not of what it points to",
    ),
    row(
        "string-compare",
        Group::Default,
        "a comparison with the address of a string",
    ),
    row(
        "switch",
        Group::All,
        "an enumerator for which a `switch` has no case",
    ),
    row(
        "tautological-compare",
        Group::All,
        "a comparison of a variable with itself",
    ),
    row(
        "type-limits",
        Group::Extra,
        "a comparison that its operand's type decides",
    ),
    row(
        "undef",
        Group::Off,
        "a condition mentions a name that is no macro",
    ),
    row(
        "uninitialized",
        Group::All,
        "a variable is read that has no value yet",
    ),
    row(
        "unknown-attributes",
        Group::Default,
        "an attribute that has no effect here",
    ),
    row(
        "unknown-pragmas",
        Group::All,
        "a pragma that asks for nothing the compiler knows",
    ),
    row(
        "unknown-warning-option",
        Group::Default,
        "an option that names no warning",
    ),
    row(
        "unreachable-code",
        Group::Extra,
        "a statement that is never reached",
    ),
    row(
        "unused-but-set-variable",
        Group::All,
        "a variable that is assigned to but never read",
    ),
    row(
        "unused-function",
        Group::All,
        "a static function that nothing uses",
    ),
    row("unused-label", Group::All, "a label that nothing jumps to"),
    row(
        "unused-parameter",
        Group::Extra,
        "a parameter that the function does not mention",
    ),
    row(
        "unused-result",
        Group::Default,
        "a result that its function asks to be looked at",
    ),
    row("unused-value", Group::All, "a computation without effect"),
    row(
        "unused-variable",
        Group::All,
        "a variable that the function does not mention",
    ),
];

/// Names that other compilers have for one or several of these.
pub(super) const OTHER_NAMES: &[(&str, &[&str])] = &[
    ("attributes", &["unknown-attributes"]),
    ("bitwise-op-parentheses", &["parentheses"]),
    ("comparison", &["tautological-compare", "string-compare"]),
    ("conditional-uninitialized", &["maybe-uninitialized"]),
    ("dangling-else", &["parentheses"]),
    ("div-by-zero", &["division-by-zero"]),
    ("endif-labels", &["extra-tokens"]),
    ("format-extra-args", &["format"]),
    ("format-insufficient-args", &["format"]),
    ("format-invalid-specifier", &["format"]),
    ("ignored-attributes", &["unknown-attributes"]),
    (
        "incompatible-pointer-types-discards-qualifiers",
        &["discarded-qualifiers"],
    ),
    ("invalid-source-encoding", &["invalid-utf8"]),
    ("logical-op-parentheses", &["parentheses"]),
    ("overflow", &["constant-conversion", "integer-overflow"]),
    ("pointer-bool-conversion", &["address"]),
    ("return-local-addr", &["return-stack-address"]),
    ("shift-op-parentheses", &["parentheses"]),
    ("shift-overflow", &["shift-count-overflow"]),
    ("sometimes-uninitialized", &["maybe-uninitialized"]),
    ("switch-enum", &["switch"]),
    (
        "tautological-constant-out-of-range-compare",
        &["type-limits"],
    ),
    ("tautological-unsigned-zero-compare", &["type-limits"]),
    (
        "unused",
        &[
            "unused-but-set-variable",
            "unused-function",
            "unused-label",
            "unused-parameter",
            "unused-value",
            "unused-variable",
        ],
    ),
];

/// Warnings of clang and GCC that have no counterpart here. Their options are accepted and do nothing.
pub(super) const ELSEWHERE: &[&str] = &[
    "address-of-temporary",
    "aggregate-return",
    "alloca",
    "arith-conversion",
    "array-parameter",
    "bad-function-cast",
    "bitwise-conditional-parentheses",
    "bitwise-instead-of-logical",
    "bool-compare",
    "bool-operation",
    "bpf",
    "builtin-declaration-mismatch",
    "builtin-requires-header",
    "c++-compat",
    "c11-extensions",
    "c23-extensions",
    "c2x-extensions",
    "c99-extensions",
    "cast-align",
    "cast-function-type",
    "cast-function-type-strict",
    "cast-qual",
    "char-subscripts",
    "clobbered",
    "comment",
    "conversion",
    "covered-switch-default",
    "date-time",
    "declaration-after-statement",
    "default-const-init-field-unsafe",
    "default-const-init-unsafe",
    "deprecated",
    "deprecated-declarations",
    "disabled-optimization",
    "documentation",
    "double-promotion",
    "duplicate-decl-specifier",
    "duplicated-branches",
    "duplicated-cond",
    "embedded-directive",
    "enum-compare",
    "enum-conversion",
    "error-implicit-function-declaration",
    "extra-semi",
    "flex-array-member-not-at-end",
    "float-conversion",
    "float-equal",
    "format-nonliteral",
    "format-overflow",
    "format-pedantic",
    "format-security",
    "format-signedness",
    "format-truncation",
    "format-zero-length",
    "frame-address",
    "frame-larger-than",
    "gnu",
    "gnu-empty-initializer",
    "gnu-folding-constant",
    "gnu-statement-expression",
    "gnu-variable-sized-type-not-at-end",
    "gnu-zero-variadic-macro-arguments",
    "ignored-qualifiers",
    "implicit",
    "implicit-function-declaration",
    "implicit-int",
    "implicit-int-conversion",
    "infinite-recursion",
    "init-self",
    "initializer-overrides",
    "inline",
    "int-in-bool-context",
    "int-to-pointer-cast",
    "invalid-pch",
    "jump-misses-init",
    "language-extension-token",
    "larger-than",
    "logical-op",
    "long-long",
    "main",
    "maybe-uninitialized-const",
    "memset-elt-size",
    "microsoft",
    "microsoft-anon-tag",
    "missing-attributes",
    "missing-braces",
    "missing-format-attribute",
    "missing-include-dirs",
    "missing-noreturn",
    "missing-prototypes",
    "missing-variable-declarations",
    "multichar",
    "nested-externs",
    "newline-eof",
    "no-builtin",
    "nonnull",
    "null-pointer-arithmetic",
    "old-style-declaration",
    "old-style-definition",
    "overlength-strings",
    "overloaded-virtual",
    "override-init",
    "packed",
    "padded",
    "pass-failed",
    "pedantic",
    "pointer-arith",
    "pointer-sign",
    "pointer-to-enum-cast",
    "pre-c11-compat",
    "pre-c23-compat",
    "redundant-decls",
    "reserved-id-macro",
    "reserved-identifier",
    "reserved-macro-identifier",
    "restrict",
    "self-assign-field",
    "sequence-point",
    "shorten-64-to-32",
    "sign-conversion",
    "single-bit-bitfield-constant-conversion",
    "sizeof-array-argument",
    "sizeof-array-div",
    "stack-protector",
    "stack-usage",
    "strict-aliasing",
    "strict-overflow",
    "strict-prototypes",
    "stringop-overflow",
    "stringop-truncation",
    "suggest-attribute",
    "switch-bool",
    "switch-default",
    "switch-unreachable",
    "system-headers",
    "tautological-pointer-compare",
    "thread-safety",
    "trampolines",
    "trigraphs",
    "typedef-redefinition",
    "unaligned-access",
    "unguarded-availability",
    "uninitialized-const-pointer",
    "unreachable-code-break",
    "unsafe-buffer-usage",
    "unsequenced",
    "unused-but-set-parameter",
    "unused-command-line-argument",
    "unused-comparison",
    "unused-const-variable",
    "unused-local-typedef",
    "unused-local-typedefs",
    "unused-macros",
    "used-but-marked-unused",
    "variadic-macros",
    "vec-elem-size",
    "visibility",
    "vla",
    "void-pointer-to-enum-cast",
    "void-pointer-to-int-cast",
    "volatile-register-var",
    "write-strings",
    "zero-length-array",
    "zero-length-bounds",
];

/// The row with this name.
pub(super) fn find(name: &str) -> Option<&'static Warning> {
    WARNINGS.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(WARNINGS.is_sorted_by(|a, b| a.name < b.name));
        assert!(OTHER_NAMES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ELSEWHERE.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn other_names_stand_for_rows() {
        let mut meant = OTHER_NAMES.iter().flat_map(|(_, meant)| *meant);
        assert!(meant.all(|name| find(name).is_some()));
    }
}
