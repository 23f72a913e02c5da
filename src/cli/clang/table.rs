//! clang's options: how each is written, and what becomes of it. docs/command-line.md lists them for users.

use super::values;

/// How an option takes its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Takes {
    /// It has none: `-c`.
    Nothing,
    /// Behind it without a space: `-mcpu=v3`, `-Wall`.
    Joined,
    /// The next word: `-target bpf`.
    Separate,
    /// Either way: `-Idir`, `-I dir`.
    Either,
}

/// What becomes of an option.
pub(super) enum Becomes {
    /// clap knows it as it is.
    Same,
    /// An option of bpfcc's own, with the value behind `=`.
    Own(&'static str),
    /// The value decides.
    Value(fn(&str) -> Result<Vec<String>, String>),
    /// Nothing: bpfcc does so anyway, or there is nothing in BPF that it could change.
    Nothing,
    /// An error: why, and what to do instead.
    Refused(&'static str),
}

/// Options with one way to take their value and one fate.
pub(super) struct Row {
    pub(super) spellings: &'static [&'static str],
    pub(super) takes: Takes,
    pub(super) becomes: Becomes,
}

const fn row(spellings: &'static [&'static str], takes: Takes, becomes: Becomes) -> Row {
    Row {
        spellings,
        takes,
        becomes,
    }
}

use Becomes::{Nothing, Own, Refused, Same, Value};

const NO_BITCODE: &str = "bpfcc has no LLVM and makes no bitcode; write the object with `-c` and drop the `llc` behind it";
const NO_RUNTIME: &str = "BPF programs have no runtime library that it could call; leave it out";
const OTHER_LAYOUT: &str = "types are laid out as the kernel expects them; leave it out";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // What to do.
    row(&["-c", "-S", "-E", "-P", "-w", "-h", "-V"], Takes::Nothing, Same),
    row(&["-o"], Takes::Either, Own("--output")),
    row(&["-x"], Takes::Either, Own("--language")),
    row(&["-v", "--verbose"], Takes::Nothing, Own("--verbose")),
    row(&["-###"], Takes::Nothing, Own("--dry-run")),
    row(&["-fsyntax-only", "--syntax-only"], Takes::Nothing, Own("--syntax-only")),
    row(&["-help"], Takes::Nothing, Own("--help")),
    row(&["-emit-llvm", "-flto", "-flto=thin", "-flto=full", "-flto=auto"], Takes::Nothing, Refused(NO_BITCODE)),
    row(&["-disable-llvm-passes", "-disable-O0-optnone"], Takes::Nothing, Refused(NO_BITCODE)),
    row(&["--analyze"], Takes::Nothing, Refused("there is no analyzer; `-fsyntax-only -Weverything` gives all warnings")),

    // Questions.
    row(&["-print-file-name=", "--print-file-name="], Takes::Joined, Own("--print-file-name")),
    row(&["-print-search-dirs", "--print-search-dirs"], Takes::Nothing, Own("--print-search-dirs")),
    row(&["-print-resource-dir", "--print-resource-dir"], Takes::Nothing, Own("--print-resource-dir")),
    row(&["-print-target-triple", "--print-target-triple", "-print-effective-triple", "--print-effective-triple", "-dumpmachine"],
        Takes::Nothing, Own("--dumpmachine")),
    row(&["-print-supported-cpus"], Takes::Nothing, Own("--print-supported-cpus")),
    row(&["-dumpversion", "-dumpfullversion"], Takes::Nothing, Own("--dumpversion")),

    // The target.
    row(&["-target"], Takes::Separate, Value(values::target)),
    row(&["--target="], Takes::Joined, Value(values::target)),
    row(&["--target"], Takes::Separate, Value(values::target)),
    row(&["-mcpu="], Takes::Joined, Value(values::cpu)),
    row(&["--mcpu="], Takes::Joined, Value(values::cpu)),
    row(&["-mcpu"], Takes::Separate, Value(values::cpu)),
    row(&["--mcpu"], Takes::Separate, Value(values::cpu)),
    row(&["-m64"], Takes::Nothing, Nothing),
    row(&["-mlittle-endian", "-EL"], Takes::Nothing, Own("--endian=little")),
    row(&["-mbig-endian", "-EB"], Takes::Nothing, Own("--endian=big")),
    row(&["-target-feature"], Takes::Separate, Value(values::feature)),

    // The preprocessor.
    row(&["-D", "--define-macro="], Takes::Either, Own("--define-macro")),
    row(&["-U", "--undefine-macro="], Takes::Either, Own("--undefine-macro")),
    row(&["-I", "--include-directory="], Takes::Either, Own("--include-directory")),
    row(&["-isystem"], Takes::Either, Own("--isystem")),
    row(&["-iquote"], Takes::Either, Own("--iquote")),
    row(&["-idirafter"], Takes::Either, Own("--idirafter")),
    row(&["-include"], Takes::Either, Own("--include")),
    row(&["-imacros"], Takes::Either, Own("--imacros")),
    row(&["-isysroot", "--sysroot="], Takes::Either, Own("--sysroot")),
    row(&["-nostdinc"], Takes::Nothing, Own("--nostdinc")),
    row(&["-nostdlibinc"], Takes::Nothing, Own("--nostdlibinc")),
    row(&["-undef"], Takes::Nothing, Refused("headers need the macros of the target; `-U NAME` takes one away")),
    row(&["-include-pch"], Takes::Separate, Refused("there are no precompiled headers; use `-include FILE`")),
    row(&["-dM"], Takes::Nothing, Own("--dM")),
    row(&["-dD", "-dI", "-C", "-CC"], Takes::Nothing, Refused("use -E, -E -P or -E -dM")),
    row(&["-M"], Takes::Nothing, Own("--M")),
    row(&["-MM"], Takes::Nothing, Own("--MM")),
    row(&["-MD"], Takes::Nothing, Own("--MD")),
    row(&["-MMD"], Takes::Nothing, Own("--MMD")),
    row(&["-MP"], Takes::Nothing, Own("--MP")),
    row(&["-MG"], Takes::Nothing, Own("--MG")),
    row(&["-MF"], Takes::Either, Own("--MF")),
    row(&["-MT"], Takes::Either, Own("--MT")),
    row(&["-MQ"], Takes::Either, Own("--MQ")),
    row(&["-ffile-prefix-map="], Takes::Joined, Value(values::file_prefix)),
    row(&["-fmacro-prefix-map="], Takes::Joined, Own("--macro-prefix-map")),
    row(&["-fdebug-prefix-map="], Takes::Joined, Own("--debug-prefix-map")),
    row(&["-fdebug-compilation-dir"], Takes::Separate, Own("--compilation-dir")),
    row(&["-fdebug-compilation-dir=", "-ffile-compilation-dir="], Takes::Joined, Own("--compilation-dir")),
    row(&["-fcoverage-compilation-dir="], Takes::Joined, Nothing),

    // The language and how it is translated.
    row(&["-O"], Takes::Joined, Value(values::optimise)),
    row(&["-g"], Takes::Joined, Value(values::debug_info)),
    row(&["-std=", "--std="], Takes::Joined, Value(values::standard)),
    row(&["-ansi", "-pedantic", "-pedantic-errors", "--pedantic", "-traditional-cpp"], Takes::Nothing, Nothing),
    row(&["-W"], Takes::Joined, Same),

    // Messages.
    row(&["-fcolor-diagnostics", "-fdiagnostics-color", "-fansi-escape-codes"], Takes::Nothing, Value(values::colour_always)),
    row(&["-fno-color-diagnostics", "-fno-diagnostics-color"], Takes::Nothing, Value(values::colour_never)),
    row(&["-fdiagnostics-color="], Takes::Joined, Value(values::colour)),
    row(&["-ferror-limit="], Takes::Joined, Own("--error-limit")),
    row(&["-fmessage-length=", "-fmacro-backtrace-limit=", "-ftemplate-backtrace-limit=", "-fbracket-depth=", "-fconstexpr-depth=",
          "-fspell-checking-limit=", "-fdiagnostics-format=", "-fdiagnostics-show-category=", "-ftabstop="], Takes::Joined, Nothing),
    row(&["-fcaret-diagnostics", "-fno-caret-diagnostics", "-fdiagnostics-show-option", "-fno-diagnostics-show-option",
          "-fdiagnostics-fixit-info", "-fno-diagnostics-fixit-info", "-fdiagnostics-absolute-paths", "-fno-spell-checking",
          "-fshow-column", "-fno-show-column", "-fshow-source-location", "-fdiagnostics-show-note-include-stack",
          "-Qunused-arguments", "-Qn", "-Qy"], Takes::Nothing, Nothing),

    // What changes nothing here, because a BPF object has no place for it or bpfcc does so anyway.
    row(&["-pipe", "-ffreestanding", "-fhosted", "-fno-hosted", "-nostdlib", "-nodefaultlibs", "-nostartfiles", "-nolibc",
          "-integrated-as", "-fintegrated-as", "-fno-integrated-as", "-fintegrated-cc1", "-fno-integrated-cc1", "-s"], Takes::Nothing, Nothing),
    row(&["-fbuiltin", "-fno-builtin"], Takes::Nothing, Nothing),
    row(&["-fno-builtin-", "-fvisibility=", "-ffp-contract=", "-ffp-model=", "-fexcess-precision=", "-falign-functions=",
          "-falign-loops=", "-falign-jumps=", "-fcf-protection=", "-fzero-call-used-regs=", "-fpatchable-function-entry=",
          "-mstack-protector-guard=", "-mcmodel=", "-mregparm=", "-mstack-alignment=", "-mpreferred-stack-boundary=",
          "-fdebug-default-version=", "-fgnuc-version=", "-fms-compatibility-version=", "-fmodules-cache-path="], Takes::Joined, Nothing),
    row(&["-fwrapv", "-fno-wrapv", "-fno-strict-overflow", "-fstrict-overflow", "-fno-strict-aliasing", "-fstrict-aliasing",
          "-fno-delete-null-pointer-checks", "-fdelete-null-pointer-checks", "-fno-trapv"], Takes::Nothing, Nothing),
    row(&["-fno-stack-protector", "-fno-stack-check", "-fno-stack-clash-protection", "-fcf-protection", "-fno-cf-protection",
          "-fno-split-stack", "-fno-sanitize=all", "-fno-sanitize", "-fno-profile-generate", "-fno-instrument-functions",
          "-fno-lto", "-fno-whole-program-vtables", "-fno-sanitize-recover", "-fno-xray-instrument"], Takes::Nothing, Nothing),
    row(&["-fno-sanitize=", "-fno-sanitize-recover=", "-fsanitize-recover="], Takes::Joined, Nothing),
    row(&["-fstack-protector", "-fstack-protector-strong", "-fstack-protector-all", "-fstack-clash-protection"], Takes::Nothing, Nothing),
    row(&["-fexceptions", "-fno-exceptions", "-fno-rtti", "-fno-asynchronous-unwind-tables", "-fasynchronous-unwind-tables",
          "-fno-unwind-tables", "-funwind-tables", "-fno-dwarf2-cfi-asm", "-fno-addrsig", "-faddrsig", "-fident", "-fno-ident",
          "-fno-autolink", "-fno-debug-types-section", "-fdebug-types-section", "-fstandalone-debug", "-fno-standalone-debug",
          "-flimit-debug-info", "-fno-limit-debug-info", "-fdebug-info-for-profiling", "-fno-eliminate-unused-debug-types",
          "-feliminate-unused-debug-types", "-frecord-gcc-switches", "-fno-record-gcc-switches", "-frecord-command-line",
          "-fno-record-command-line", "-fno-verbose-asm", "-fverbose-asm"], Takes::Nothing, Nothing),
    row(&["-fPIC", "-fpic", "-fPIE", "-fpie", "-fno-PIC", "-fno-pic", "-fno-PIE", "-fno-pie", "-fno-plt", "-no-pie", "-pie",
          "-fno-semantic-interposition", "-fsemantic-interposition"], Takes::Nothing, Nothing),
    row(&["-fcommon", "-fno-common", "-fdata-sections", "-fno-data-sections", "-ffunction-sections", "-fno-function-sections",
          "-fmerge-constants", "-fno-merge-constants", "-fmerge-all-constants", "-fno-merge-all-constants",
          "-fno-zero-initialized-in-bss", "-fkeep-static-consts", "-fno-toplevel-reorder", "-fno-reorder-functions",
          "-fno-unique-section-names", "-funique-section-names"], Takes::Nothing, Nothing),
    row(&["-fomit-frame-pointer", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-foptimize-sibling-calls",
          "-fjump-tables", "-fno-jump-tables", "-finline", "-fno-inline", "-finline-functions", "-fno-inline-functions",
          "-finline-hint-functions", "-fno-inline-small-functions", "-fno-inline-functions-called-once", "-fno-partial-inlining",
          "-fno-ipa-cp", "-fno-ipa-sra", "-funroll-loops", "-fno-unroll-loops", "-fvectorize", "-fno-vectorize",
          "-fslp-vectorize", "-fno-slp-vectorize", "-ftree-vectorize", "-fno-tree-vectorize", "-fno-tree-switch-conversion",
          "-fno-tree-loop-distribute-patterns", "-fno-gcse", "-fno-crossjumping", "-fno-reorder-blocks", "-fno-schedule-insns",
          "-fno-schedule-insns2", "-fno-if-conversion", "-fno-if-conversion2", "-fno-finite-loops", "-ffinite-loops",
          "-fno-thread-jumps", "-fno-ssa-phiopt", "-fno-tree-sra", "-fno-split-loops", "-fno-unswitch-loops", "-fno-move-loop-invariants",
          "-fno-experimental-new-pass-manager", "-fexperimental-new-pass-manager"], Takes::Nothing, Nothing),
    row(&["-fmath-errno", "-fno-math-errno", "-ftrapping-math", "-fno-trapping-math", "-frounding-math", "-fno-rounding-math",
          "-fsigned-zeros", "-fno-signed-zeros", "-ffast-math", "-fno-fast-math", "-ffinite-math-only", "-fno-finite-math-only",
          "-fno-associative-math", "-fno-reciprocal-math"], Takes::Nothing, Nothing),
    row(&["-fms-extensions", "-fno-ms-extensions", "-fplan9-extensions", "-fgnu-keywords", "-fasm", "-fgnu89-inline", "-fno-gnu89-inline",
          "-fsigned-char", "-fno-unsigned-char", "-fno-short-enums", "-fno-short-wchar", "-fdollars-in-identifiers",
          "-fparse-all-comments", "-fno-modules", "-fblocks", "-fno-blocks", "-fno-threadsafe-statics", "-fno-strict-enums",
          "-fstrict-flex-arrays=3", "-fno-knr-functions"], Takes::Nothing, Nothing),
    row(&["-fstrict-flex-arrays="], Takes::Joined, Nothing),
    row(&["-mco-re", "-mno-red-zone", "-mno-sse", "-mno-mmx", "-mno-sse2", "-mno-3dnow", "-mno-avx", "-mno-80387", "-msoft-float", "-mno-fp-ret-in-387"],
        Takes::Nothing, Nothing),
    row(&["-l", "-L", "-z"], Takes::Either, Nothing),
    row(&["-shared", "-static", "-rdynamic", "-r"], Takes::Nothing, Nothing),

    // What would change the program, and is not there.
    row(&["-fsanitize="], Takes::Joined, Refused(NO_RUNTIME)),
    row(&["-fprofile-generate", "-fprofile-arcs", "-ftest-coverage", "--coverage", "-fprofile-instr-generate", "-fcoverage-mapping",
          "-finstrument-functions", "-fxray-instrument", "-pg", "-ftrapv"], Takes::Nothing, Refused(NO_RUNTIME)),
    row(&["-fprofile-use=", "-fprofile-instr-use="], Takes::Joined, Refused("bpfcc reads no profiles; leave it out")),
    row(&["-funsigned-char", "-fno-signed-char"], Takes::Nothing, Refused("`char` is signed, as for clang's BPF; write `unsigned char`")),
    row(&["-fshort-enums", "-fshort-wchar", "-fpack-struct"], Takes::Nothing, Refused(OTHER_LAYOUT)),
    row(&["-fpack-struct="], Takes::Joined, Refused(OTHER_LAYOUT)),
    row(&["-ftrivial-auto-var-init="], Takes::Joined, Value(values::automatic_variables)),
    row(&["-m32", "-mx32", "-m16"], Takes::Nothing, Refused("BPF has 64 bits and nothing else")),
    row(&["-march=", "-mattr=", "-mtune="], Takes::Joined, Refused("the instructions of BPF are chosen with -mcpu=v1 to v4")),
];
