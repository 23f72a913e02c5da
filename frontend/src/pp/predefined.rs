//! The macros that are defined before the first line, as the text of a file that defines them.
//!
//! They describe the target as clang's BPF target does: little endian, 64-bit `long` and pointers, signed `char`.
//! `__clang__` is left out on purpose: programs take it as a promise about builtins and attributes, so it is a decision
//! about the whole compiler and not one of the preprocessor.

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
    ("__NO_INLINE__", "1"),
    ("__OPTIMIZE__", "1"),
    ("__ELF__", "1"),
    ("__bpf__", "1"),
    ("__BPF__", "1"),
    ("__LP64__", "1"),
    ("_LP64", "1"),
    ("__ORDER_LITTLE_ENDIAN__", "1234"),
    ("__ORDER_BIG_ENDIAN__", "4321"),
    ("__ORDER_PDP_ENDIAN__", "3412"),
    ("__BYTE_ORDER__", "__ORDER_LITTLE_ENDIAN__"),
    ("__FLOAT_WORD_ORDER__", "__ORDER_LITTLE_ENDIAN__"),
    ("__LITTLE_ENDIAN__", "1"),
    ("__BIGGEST_ALIGNMENT__", "16"),
    ("__REGISTER_PREFIX__", ""),
    ("__USER_LABEL_PREFIX__", ""),
    ("__CHAR_BIT__", "8"),
    ("__BOOL_WIDTH__", "1"),
    ("__ATOMIC_RELAXED", "0"),
    ("__ATOMIC_CONSUME", "1"),
    ("__ATOMIC_ACQUIRE", "2"),
    ("__ATOMIC_RELEASE", "3"),
    ("__ATOMIC_ACQ_REL", "4"),
    ("__ATOMIC_SEQ_CST", "5"),
    ("__GCC_HAVE_SYNC_COMPARE_AND_SWAP_4", "1"),
    ("__GCC_HAVE_SYNC_COMPARE_AND_SWAP_8", "1"),
];

/// An integer type of the target: the name in `__SIZEOF_name__`, its bytes, the name in `__name_MAX__`, its suffix.
const LIMITS: &[(&str, u32, &str)] = &[
    ("__SCHAR_MAX__", 8, ""),
    ("__SHRT_MAX__", 16, ""),
    ("__INT_MAX__", 32, ""),
    ("__LONG_MAX__", 64, "L"),
    ("__LONG_LONG_MAX__", 64, "LL"),
];

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

/// A type that a standard header defines: its name in `__name_TYPE__`, what it is, its bits, its constants' suffix.
const TYPES: &[(&str, &str, u32, &str)] = &[
    ("INT8", "signed char", 8, ""),
    ("INT16", "short", 16, ""),
    ("INT32", "int", 32, ""),
    ("INT64", "long int", 64, "L"),
    ("UINT8", "unsigned char", 8, ""),
    ("UINT16", "unsigned short", 16, ""),
    ("UINT32", "unsigned int", 32, "U"),
    ("UINT64", "long unsigned int", 64, "UL"),
    ("INTMAX", "long int", 64, "L"),
    ("UINTMAX", "long unsigned int", 64, "UL"),
    ("INTPTR", "long int", 64, "L"),
    ("UINTPTR", "long unsigned int", 64, "UL"),
    ("SIZE", "long unsigned int", 64, "UL"),
    ("PTRDIFF", "long int", 64, "L"),
    ("WCHAR", "int", 32, ""),
    ("WINT", "int", 32, ""),
    ("CHAR16", "unsigned short", 16, ""),
    ("CHAR32", "unsigned int", 32, "U"),
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

/// The text of the file that defines the target's macros.
pub(super) fn macros(cpu: Cpu) -> String {
    let mut text = String::new();
    let mut define = |name: &str, value: &dyn std::fmt::Display| {
        writeln!(text, "#define {name} {value}").expect("writing to a String cannot fail");
    };
    FIXED.iter().for_each(|(name, value)| define(name, value));
    SIZES
        .iter()
        .for_each(|(name, size)| define(&format!("__SIZEOF_{name}__"), size));
    LIMITS
        .iter()
        .for_each(|(name, bits, suffix)| define(name, &format!("{}{suffix}", signed_max(*bits))));
    for (name, spelling, bits, suffix) in TYPES {
        let is_unsigned = spelling.contains("unsigned");
        let max = if is_unsigned {
            signed_max(*bits) * 2 + 1
        } else {
            signed_max(*bits)
        };
        define(&format!("__{name}_TYPE__"), spelling);
        define(&format!("__{name}_MAX__"), &format!("{max}{suffix}"));
        define(&format!("__{name}_WIDTH__"), bits);
        define(&format!("__{name}_C_SUFFIX__"), suffix);
    }
    let version = cpu as u32 + 1;
    define("__BPF_CPU_VERSION__", &version);
    let features = FEATURES.iter().filter(|(since, _)| *since <= cpu);
    features.for_each(|(_, name)| define(&format!("__BPF_FEATURE_{name}"), &1));
    text
}

/// The text of the file that does what `-D`, `-U` and `-include` ask.
pub(super) fn command_line(options: &Options) -> String {
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    let macros = options.macros.iter().map(|option| match option {
        MacroOption::Define(definition) => match definition.split_once('=') {
            Some((name, value)) => format!("#define {} {}\n", one_line(name), one_line(value)),
            None => format!("#define {} 1\n", one_line(definition)),
        },
        MacroOption::Undefine(name) => format!("#undef {}\n", one_line(name)),
    });
    let includes = options
        .forced_includes
        .iter()
        .map(|path| format!("#include \"{}\"\n", one_line(path)));
    macros.chain(includes).collect()
}

/// The largest number of a signed type.
fn signed_max(bits: u32) -> u128 {
    (1 << (bits - 1)) - 1
}
