//! The preprocessor as build systems use it, and against other people's: `-M` and its like, `-E -P`, `-E -dM`.
//!
//! What is expected stands in the tests; where GCC or clang is installed, they must say the same.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BPFCC: &str = env!("CARGO_BIN_EXE_bpfcc");

/// A directory of its own for a test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("bpfcc-pp-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    fn file(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("in the directory")).expect("disk space");
        fs::write(path, text).expect("disk space");
    }

    /// What a compiler prints in this directory; `None` if it is not installed.
    fn output(&self, compiler: &str, args: &[&str]) -> Option<String> {
        let output = Command::new(compiler)
            .args(args)
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{compiler} {args:?}: {errors}");
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The text of a file, which goes.
    fn take(&self, name: &str) -> Option<String> {
        let path = self.0.join(name);
        let text = fs::read_to_string(&path).ok()?;
        fs::remove_file(path).expect("our own file");
        Some(text)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn bpfcc(scratch: &Scratch, args: &[&str]) -> String {
    scratch.output(BPFCC, args).expect("the command starts")
}

/// Says that a test was skipped. Straight to the stream: the test harness hides what `eprintln!` prints.
fn skipped(why: &str) {
    // Best effort: nobody may be reading.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// A program with headers whose names are not plain, and one that is found by two paths.
fn program(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    let text = "#include \"a.h\"\n#include \"deep/b.h\"\n#include \"a.h\"\n#include \"od d$#.h\"\nint x;\n";
    scratch.file("src/m.c", text);
    scratch.file("src/a.h", "");
    scratch.file("src/deep/b.h", "#pragma once\n#include \"../a.h\"\n");
    scratch.file("src/od d$#.h", "");
    scratch
}

const FILES: &str = r"src/m.c src/a.h src/deep/b.h src/deep/../a.h src/od\ d$$\#.h";

#[test]
fn rules_for_make_name_the_files() {
    let scratch = program("rules");
    let phony = "src/a.h:\nsrc/deep/b.h:\nsrc/deep/../a.h:\nsrc/od\\ d$$\\#.h:\n";
    for (args, before, behind) in [
        (&["-MM"][..], "m.o", ""),
        (&["-M", "-nostdinc"], "m.o", ""),
        (&["-MM", "-MP"], "m.o", phony),
        (&["-MM", "-MT", "a$b c", "-MTz"], "a$b c z", ""),
        (&["-MM", "-MQ", "a$b c", "-MT", "a$b"], r"a$b a$$b\ c", ""),
        (&["-MM", "-MF-"], "m.o", ""),
    ] {
        let args = [args, &["src/m.c"]].concat();
        let ours = bpfcc(&scratch, &args);
        // The line may be broken; `long_rules_are_broken` looks at that.
        assert_eq!(
            ours.replace(" \\\n", ""),
            format!("{before}: {FILES}\n{behind}")
        );
        match scratch.output("gcc", &args) {
            Some(theirs) => assert_eq!(ours, theirs, "{args:?}"),
            None => skipped("gcc is not installed"),
        }
    }
}

#[test]
fn long_rules_are_broken() {
    let scratch = Scratch::new("long");
    let names: Vec<String> = (1..=9).map(|n| format!("header_number_{n}.h")).collect();
    let includes = names.iter().map(|name| format!("#include \"{name}\"\n"));
    scratch.file("l.c", &includes.collect::<String>());
    names.iter().for_each(|name| scratch.file(name, ""));
    let ours = bpfcc(&scratch, &["-MM", "l.c"]);
    let expected = "l.o: l.c header_number_1.h header_number_2.h header_number_3.h \\\n \
        header_number_4.h header_number_5.h header_number_6.h header_number_7.h \\\n \
        header_number_8.h header_number_9.h\n";
    assert_eq!(ours, expected);
    if let Some(theirs) = scratch.output("gcc", &["-MM", "l.c"]) {
        assert_eq!(ours, theirs);
    }
}

#[test]
fn rules_go_beside_the_output() {
    let scratch = program("beside");
    for (args, file, target) in [
        (&["-MMD", "-c"][..], "m.d", "m.o"),
        (&["-MD", "-c", "-o", "out.o"], "out.d", "out.o"),
        (
            &["-MMD", "-MF", "deps", "-c", "-o", "out.o"],
            "deps",
            "out.o",
        ),
        (&["-MMD", "-S", "-o", "out.s"], "out.d", "out.s"),
        (&["-MMD", "-E", "-o", "out.i"], "out.d", "m.o"),
        (&["-MM", "-o", "rule"], "rule", "m.o"),
        (&["-MM", "-o", "unused", "-MF", "rule"], "rule", "m.o"),
    ] {
        let args = [args, &["-nostdinc", "src/m.c"]].concat();
        for compiler in [BPFCC, "gcc"] {
            if scratch.output(compiler, &args).is_none() {
                skipped("gcc is not installed");
                continue;
            }
            let rule = scratch.take(file);
            let rule = rule.unwrap_or_else(|| panic!("{compiler} {args:?} writes no {file}"));
            let expected = format!("{target}: {FILES}\n");
            assert_eq!(rule.replace(" \\\n", ""), expected, "{compiler} {args:?}");
        }
    }
}

#[test]
fn system_headers_are_left_out_on_request() {
    let scratch = Scratch::new("system");
    scratch.file("sys/s.h", "");
    scratch.file("m.c", "#include <s.h>\n#include <stddef.h>\n");
    let rule = |option| bpfcc(&scratch, &[option, "-isystem", "sys", "m.c"]);
    assert_eq!(rule("-M"), "m.o: m.c sys/s.h\n");
    assert_eq!(rule("-MM"), "m.o: m.c\n");
}

#[test]
fn a_program_that_is_refused_leaves_no_rule() {
    let scratch = Scratch::new("refused");
    scratch.file("e.c", "#include \"missing.h\"\n");
    for args in [
        &["-MD", "e.c"][..],
        &["-M", "-MF", "e.d", "e.c"],
        &["-MT", "x", "e.c"],
    ] {
        let status = Command::new(BPFCC)
            .args(args)
            .current_dir(&scratch.0)
            .stderr(Stdio::null())
            .status();
        assert_eq!(status.expect("the command starts").code(), Some(1));
        assert_eq!(scratch.take("e.d"), None, "{args:?}");
    }
}

#[test]
fn the_order_of_definitions_is_kept() {
    let scratch = Scratch::new("order");
    scratch.file("x.c", "X\n");
    for (args, expected) in [
        (&["-DX=1", "-UX"][..], "X\n"),
        (&["-UX", "-DX=2"], "2\n"),
        (&["-D", "X=1", "-U", "X", "-DX=3"], "3\n"),
        (&["-DX"], "1\n"),
    ] {
        let args = [args, &["-E", "-P", "x.c"]].concat();
        for compiler in [BPFCC, "gcc"] {
            let text = scratch.output(compiler, &args);
            assert_eq!(
                text.unwrap_or(expected.to_owned()),
                expected,
                "{compiler} {args:?}"
            );
        }
    }
}

#[test]
fn macros_are_printed_as_they_were_defined() {
    let scratch = Scratch::new("macros");
    let text = "#define A(x,...)  x  ## __VA_ARGS__\n#define B(x, y...) #x   1\n#define C\n\
        #define D  a  b /* c */ d // e\n#define E() \"s\" +1\n#define G (x)\n#define H 1\n#undef H\n";
    scratch.file("m.c", text);
    let of_the_file = |text: String| -> Vec<String> {
        let is_ours =
            |line: &&str| line.as_bytes()[8].is_ascii_uppercase() && !line[9..].starts_with('_');
        let is_short = |line: &&str| line[9..].starts_with([' ', '(']);
        let mut lines: Vec<String> = text
            .lines()
            .filter(is_ours)
            .filter(is_short)
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    let ours = of_the_file(bpfcc(&scratch, &["-E", "-dM", "m.c"]));
    let expected = [
        "#define A(x,...) x ## __VA_ARGS__",
        "#define B(x,y...) #x 1",
        "#define C ",
        "#define D a b d",
        "#define E() \"s\" +1",
        "#define G (x)",
    ];
    assert_eq!(ours, expected);
    if let Some(theirs) = scratch.output("gcc", &["-E", "-dM", "m.c"]) {
        assert_eq!(ours, of_the_file(theirs));
    }
}

/// What clang promises and bpfcc does not, by the beginning of the name.
const ABSENT: &[&str] = &[
    // What it is made of.
    "__llvm__",
    "__VERSION__",
    "__CLANG_ATOMIC",
    "__GXX_ABI_VERSION",
    "__PRAGMA_REDEFINE_EXTNAME",
    // Floating point.
    "__FLT_",
    "__DBL_",
    "__LDBL_",
    "__DECIMAL_DIG__",
    "__FPCLASS_",
    // Other languages and machines.
    "__OBJC",
    "__OPENCL",
    "__MEMORY_SCOPE",
    "__CONSTANT_CFSTRINGS__",
    "__GCC_CONSTRUCTIVE",
    "__GCC_DESTRUCTIVE",
    // `_BitInt`, `#embed`, jumps through tables.
    "__BITINT",
    "__STDC_EMBED",
    "__BPF_FEATURE_GOTOX",
];

/// What differs, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("__STDC_HOSTED__", "there is no C library"),
    ("__NO_INLINE__", "functions are inlined"),
    ("__clang_minor__", "programs ask for the major version"),
    ("__clang_patchlevel__", "programs ask for the major version"),
    ("__clang_version__", "it says who it really is"),
];

#[test]
fn predefined_macros_are_those_of_clang() {
    let scratch = Scratch::new("predefined");
    scratch.file("e.c", "");
    for cpu in ["v1", "v2", "v3", "v4"] {
        let cpu = format!("-mcpu={cpu}");
        let clang = ["clang-22", "clang"]
            .iter()
            .find_map(|clang| scratch.output(clang, &["-target", "bpf", &cpu, "-dM", "-E", "e.c"]));
        let Some(theirs) = clang else {
            return skipped("clang is not installed");
        };
        let ours = definitions(&bpfcc(&scratch, &[&cpu, "-dM", "-E", "e.c"]));
        for (name, value) in definitions(&theirs) {
            let is_absent = ABSENT.iter().any(|prefix| name.starts_with(prefix));
            let differs = DIFFERENT.iter().any(|(known, _)| *known == name);
            if is_absent {
                assert_eq!(
                    ours.get(&name),
                    None,
                    "{cpu}: {name} is on the list of those absent"
                );
            } else if !differs {
                assert_eq!(ours.get(&name), Some(&value), "{cpu}: {name}");
            }
        }
    }
}

fn definitions(text: &str) -> BTreeMap<String, String> {
    let define = |line: &str| {
        let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
        Some((name.to_owned(), value.replace(' ', "")))
    };
    text.lines().filter_map(define).collect()
}

/// The file tests for the preprocessor, token by token as GCC reads them.
#[test]
fn expansions_are_those_of_gcc() {
    let scratch = Scratch::new("expansions");
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/filetests/pp");
    let mut compared = 0;
    for entry in fs::read_dir(directory).expect("a readable directory") {
        let path = entry.expect("a readable entry").path();
        let text = fs::read_to_string(&path).expect("a readable file");
        if !text.contains("// flags: -E\n")
            || !text.contains("/*~ pp\n")
            || text.contains("// not as GCC")
        {
            continue;
        }
        scratch.file("t.c", &text);
        let Some(theirs) = scratch.output("gcc", &["-std=gnu2x", "-E", "t.c"]) else {
            return skipped("gcc is not installed");
        };
        let ours = bpfcc(&scratch, &["-E", "t.c"]);
        assert_eq!(tokens(&ours), tokens(&theirs), "{}", path.display());
        compared += 1;
    }
    assert!(compared > 5, "{compared} file tests were compared");
}

/// The tokens of preprocessed text, without line markers and white space.
fn tokens(text: &str) -> Vec<String> {
    use bpfcc_frontend::pp::{self, Interner};
    let is_marker = |line: &&str| {
        line.strip_prefix("# ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let lines: Vec<&str> = text.lines().filter(|line| !is_marker(line)).collect();
    let mut sources = bpfcc_frontend::source::Sources::new();
    let file = sources.add_virtual("tokens", lines.join("\n"));
    let mut names = Interner::default();
    let tokens: Vec<_> = pp::tokenize(&sources, file, &mut names).collect();
    tokens
        .iter()
        .map(|token| names.text(token.text).to_owned())
        .collect()
}
