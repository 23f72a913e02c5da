//! The macros that are defined before the first line, as the text of a file that defines them.
//!
//! They describe the target as clang's BPF targets do: the byte order, 64-bit `long` and pointers, signed `char`.
//! So do they call the compiler: libbpf's headers hide what only BPF has behind `__clang_major__`, and bpfcc takes clang's
//! place there. A program that must know which of the two reads it asks for `__bpfcc__`.

use std::fmt::Write;

use super::{Cpu, MacroOption, Options};

/// Macros with a value of their own.
const FIXED: &[(&str, &str)] = &[
    ("__STDC__", "1"),
    ("__STDC_HOSTED__", "0"),
    ("__STDC_VERSION__", "201710L"),
    ("__STDC_UTF_16__", "1"),
    ("__STDC_UTF_32__", "1"),
    ("__STDC_NO_COMPLEX__", "1"),
    ("__STDC_NO_THREADS__", "1"),
    ("__STDC_NO_VLA__", "1"),
    // The version of GCC whose language clang claims to speak; headers ask for it before using GNU extensions.
    ("__GNUC__", "4"),
    ("__GNUC_MINOR__", "2"),
    ("__GNUC_PATCHLEVEL__", "1"),
    ("__GNUC_STDC_INLINE__", "1"),
    // The version of clang whose BPF target is ours to follow.
    ("__clang__", "1"),
    ("__clang_major__", "22"),
    ("__clang_minor__", "1"),
    ("__clang_patchlevel__", "0"),
    ("__clang_version__", "\"22.1.0 (bpfcc)\""),
    ("__clang_literal_encoding__", "\"UTF-8\""),
    ("__clang_wide_literal_encoding__", "\"UTF-32\""),
    ("__bpfcc__", "1"),
    ("__OPTIMIZE__", "1"),
    ("__ELF__", "1"),
    ("__bpf__", "1"),
    ("__BPF__", "1"),
    ("__LP64__", "1"),
    ("_LP64", "1"),
    ("__ORDER_LITTLE_ENDIAN__", "1234"),
    ("__ORDER_BIG_ENDIAN__", "4321"),
    ("__ORDER_PDP_ENDIAN__", "3412"),
    ("__BIGGEST_ALIGNMENT__", "8"),
    ("__REGISTER_PREFIX__", ""),
    ("__USER_LABEL_PREFIX__", ""),
    ("__CHAR_BIT__", "8"),
    ("__BOOL_WIDTH__", "1"),
    ("__FINITE_MATH_ONLY__", "0"),
    ("__ATOMIC_RELAXED", "0"),
    ("__ATOMIC_CONSUME", "1"),
    ("__ATOMIC_ACQUIRE", "2"),
    ("__ATOMIC_RELEASE", "3"),
    ("__ATOMIC_ACQ_REL", "4"),
    ("__ATOMIC_SEQ_CST", "5"),
    ("__GCC_ATOMIC_TEST_AND_SET_TRUEVAL", "1"),
    ("__GCC_HAVE_SYNC_COMPARE_AND_SWAP_4", "1"),
    ("__GCC_HAVE_SYNC_COMPARE_AND_SWAP_8", "1"),
];

/// Types of the language: the name in `__SIZEOF_name__`, its bytes.
const SIZES: &[(&str, u32)] = &[
    ("SHORT", 2),
    ("INT", 4),
    ("LONG", 8),
    ("LONG_LONG", 8),
    ("INT128", 16),
    ("POINTER", 8),
    ("SIZE_T", 8),
    ("PTRDIFF_T", 8),
    ("WCHAR_T", 4),
    ("WINT_T", 4),
    ("FLOAT", 4),
    ("DOUBLE", 8),
    ("LONG_DOUBLE", 8),
];

/// The same types: the name in `__name_MAX__`, bits, the suffix of constants.
const LIMITS: &[(&str, u32, &str)] = &[
    ("SCHAR", 8, ""),
    ("SHRT", 16, ""),
    ("INT", 32, ""),
    ("LONG", 64, "L"),
    ("LONG_LONG", 64, "LL"),
    ("SIG_ATOMIC", 32, ""),
];

/// The name in `__name_WIDTH__` where no row of [`TYPES`] gives it (C23 5.2.4.2.1).
const WIDTHS: &[(&str, u32)] = &[
    ("SHRT", 16),
    ("INT", 32),
    ("LONG", 64),
    ("LLONG", 64),
    ("POINTER", 64),
    ("SIG_ATOMIC", 32),
];

/// A type that a standard header defines.
struct Type {
    /// As in `__name_TYPE__`.
    name: &'static str,
    spelling: &'static str,
    bits: u32,
    /// Of its constants.
    suffix: &'static str,
    /// The length modifier of `printf`; `None` where no format belongs to the type.
    length: Option<&'static str>,
}

const fn row(
    name: &'static str,
    spelling: &'static str,
    bits: u32,
    suffix: &'static str,
    length: Option<&'static str>,
) -> Type {
    Type {
        name,
        spelling,
        bits,
        suffix,
        length,
    }
}

const TYPES: &[Type] = &[
    row("INT8", "signed char", 8, "", Some("hh")),
    row("INT16", "short", 16, "", Some("h")),
    row("INT32", "int", 32, "", Some("")),
    row("INT64", "long int", 64, "L", Some("l")),
    row("UINT8", "unsigned char", 8, "", Some("hh")),
    row("UINT16", "unsigned short", 16, "", Some("h")),
    row("UINT32", "unsigned int", 32, "U", Some("")),
    row("UINT64", "long unsigned int", 64, "UL", Some("l")),
    row("INT_LEAST8", "signed char", 8, "", Some("hh")),
    row("INT_LEAST16", "short", 16, "", Some("h")),
    row("INT_LEAST32", "int", 32, "", Some("")),
    row("INT_LEAST64", "long int", 64, "L", Some("l")),
    row("UINT_LEAST8", "unsigned char", 8, "", Some("hh")),
    row("UINT_LEAST16", "unsigned short", 16, "", Some("h")),
    row("UINT_LEAST32", "unsigned int", 32, "U", Some("")),
    row("UINT_LEAST64", "long unsigned int", 64, "UL", Some("l")),
    row("INT_FAST8", "signed char", 8, "", Some("hh")),
    row("INT_FAST16", "short", 16, "", Some("h")),
    row("INT_FAST32", "int", 32, "", Some("")),
    row("INT_FAST64", "long int", 64, "L", Some("l")),
    row("UINT_FAST8", "unsigned char", 8, "", Some("hh")),
    row("UINT_FAST16", "unsigned short", 16, "", Some("h")),
    row("UINT_FAST32", "unsigned int", 32, "U", Some("")),
    row("UINT_FAST64", "long unsigned int", 64, "UL", Some("l")),
    row("INTMAX", "long int", 64, "L", Some("l")),
    row("UINTMAX", "long unsigned int", 64, "UL", Some("l")),
    row("INTPTR", "long int", 64, "L", Some("l")),
    row("UINTPTR", "long unsigned int", 64, "UL", Some("l")),
    row("SIZE", "long unsigned int", 64, "UL", Some("l")),
    row("PTRDIFF", "long int", 64, "L", Some("l")),
    row("WCHAR", "int", 32, "", None),
    row("WINT", "int", 32, "", None),
    row("CHAR16", "unsigned short", 16, "", None),
    row("CHAR32", "unsigned int", 32, "U", None),
];

/// Types whose atomic operations never take a lock: the name in `__GCC_ATOMIC_name_LOCK_FREE`.
const LOCK_FREE: &[&str] = &[
    "BOOL", "CHAR", "CHAR16_T", "CHAR32_T", "WCHAR_T", "SHORT", "INT", "LONG", "LLONG", "POINTER",
];

/// `__BPF_FEATURE_*` by the first version that has the instructions.
const FEATURES: &[(Cpu, &str)] = &[
    (Cpu::V1, "ADDR_SPACE_CAST"),
    (Cpu::V1, "MAY_GOTO"),
    (Cpu::V1, "ATOMIC_MEM_ORDERING"),
    (Cpu::V2, "JMP_EXT"),
    (Cpu::V3, "JMP32"),
    (Cpu::V3, "ALU32"),
    (Cpu::V4, "LDSX"),
    (Cpu::V4, "MOVSX"),
    (Cpu::V4, "BSWAP"),
    (Cpu::V4, "SDIV_SMOD"),
    (Cpu::V4, "GOTOL"),
    (Cpu::V4, "ST"),
    (Cpu::V4, "LOAD_ACQ_STORE_REL"),
];

impl Type {
    /// Constants are spelled for `intN_t` and `intmax_t` alone (C11 7.20.4).
    fn has_constants(&self) -> bool {
        let width = self.name.trim_start_matches('U').strip_prefix("INT");
        width.is_some_and(|width| width == "MAX" || width.parse::<u32>().is_ok())
    }

    fn define(&self, define: &mut impl FnMut(&str, &dyn std::fmt::Display)) {
        let (name, suffix) = (self.name, self.suffix);
        let is_unsigned = self.spelling.contains("unsigned");
        let max = match is_unsigned {
            true => signed_max(self.bits) * 2 + 1,
            false => signed_max(self.bits),
        };
        define(&format!("__{name}_TYPE__"), &self.spelling);
        define(&format!("__{name}_MAX__"), &format!("{max}{suffix}"));
        define(&format!("__{name}_WIDTH__"), &self.bits);
        if self.has_constants() {
            let paste = if suffix.is_empty() { "" } else { "##" };
            define(&format!("__{name}_C_SUFFIX__"), &suffix);
            define(&format!("__{name}_C(c)"), &format!("c{paste}{suffix}"));
        }
        let conversions = if is_unsigned { "ouxX" } else { "di" };
        for conversion in self.length.iter().flat_map(|_| conversions.chars()) {
            let format = format!("\"{}{conversion}\"", self.length.unwrap_or_default());
            define(&format!("__{name}_FMT{conversion}__"), &format);
        }
    }
}

/// The version of clang that the macros claim.
pub fn clang_version() -> String {
    let part = |name: &str| {
        let mut rows = FIXED.iter();
        rows.find(|(known, _)| *known == name)
            .map_or("0", |(_, value)| value)
    };
    let parts = ["__clang_major__", "__clang_minor__", "__clang_patchlevel__"];
    parts.map(part).join(".")
}

/// The text of the file that defines the target's macros.
pub(super) fn macros(options: &Options) -> String {
    let cpu = options.cpu;
    let mut text = String::new();
    let mut define = |name: &str, value: &dyn std::fmt::Display| {
        writeln!(text, "#define {name} {value}").expect("writing to a String cannot fail");
    };
    FIXED.iter().for_each(|(name, value)| define(name, value));
    SIZES
        .iter()
        .for_each(|(name, size)| define(&format!("__SIZEOF_{name}__"), size));
    for (name, bits, suffix) in LIMITS {
        define(
            &format!("__{name}_MAX__"),
            &format!("{}{suffix}", signed_max(*bits)),
        );
    }
    for (name, bits) in WIDTHS {
        define(&format!("__{name}_WIDTH__"), bits);
    }
    for name in LOCK_FREE {
        define(&format!("__GCC_ATOMIC_{name}_LOCK_FREE"), &2);
    }
    for row in TYPES {
        row.define(&mut define);
    }
    let order = options.endian.name().to_uppercase();
    for name in ["__BYTE_ORDER__", "__FLOAT_WORD_ORDER__"] {
        define(name, &format!("__ORDER_{order}_ENDIAN__"));
    }
    define(&format!("__{order}_ENDIAN__"), &1);
    let version = cpu as u32 + 1;
    define("__BPF_CPU_VERSION__", &version);
    let features = FEATURES.iter().filter(|(since, _)| *since <= cpu);
    features.for_each(|(_, name)| define(&format!("__BPF_FEATURE_{name}"), &1));
    text
}

/// The text of the file that does what `-D`, `-U` and `-imacros` ask.
pub(super) fn macro_options(options: &Options) -> String {
    let macros = options.macros.iter().map(|option| match option {
        MacroOption::Define(definition) => match definition.split_once('=') {
            Some((name, value)) => format!("#define {} {}\n", one_line(name), one_line(value)),
            None => format!("#define {} 1\n", one_line(definition)),
        },
        MacroOption::Undefine(name) => format!("#undef {}\n", one_line(name)),
    });
    macros.collect::<String>() + &includes(&options.macro_includes)
}

/// The text of the file that does what `-include` asks.
pub(super) fn forced_includes(options: &Options) -> String {
    includes(&options.forced_includes)
}

fn includes(paths: &[String]) -> String {
    let lines = paths.iter();
    lines
        .map(|path| format!("#include \"{}\"\n", one_line(path)))
        .collect()
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// The largest number of a signed type.
fn signed_max(bits: u32) -> u128 {
    (1 << (bits - 1)) - 1
}
