//! `bpfcc link`, and several files with one output: what the bundled runtime makes of the result, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bpfcc::{Level, Options, compile_file};
use bpfcc_object::link::{self, Input};
use bpfcc_object::{Object, elf};
use bpfcc_runtime::{Engine, Environment, EnvironmentChoice, Vm};

/// A directory of its own for a test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("bpfcc-link-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    fn file(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("disk space");
    }

    /// Runs the command in the directory.
    fn bpfcc(&self, words: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_bpfcc"))
            .args(words.split_whitespace())
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .output()
            .expect("the command starts")
    }

    /// Runs the command, which must succeed without a word.
    fn succeeds(&self, words: &str) {
        let output = self.bpfcc(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && said.is_empty(),
            "{words}: {said}"
        );
    }

    /// Runs the command, which must fail, write nothing, and say this.
    fn fails(&self, words: &str, expected: &str) {
        let before = self.names();
        let output = self.bpfcc(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{words}: {said}");
        assert_eq!(said.trim_end(), expected.trim_end(), "{words}");
        assert_eq!(self.names(), before, "{words}");
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a readable directory");
        let names = entries.map(|e| e.expect("a readable entry").file_name());
        let mut names: Vec<String> = names.map(|n| n.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// What the program in a file gives when it runs first.
    fn result_of(&self, object: &str) -> u64 {
        let bytes = fs::read(self.0.join(object)).expect("a readable file");
        result_of(&elf::read(&bytes).expect("an object"), "prog")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn result_of(object: &Object, program: &str) -> u64 {
    // The runtime has no packets; the programs do not look at theirs.
    let environment = Environment::of_section("raw_tracepoint/any").expect("a known section");
    let choice = EnvironmentChoice::Given(environment);
    let vm = Vm::load(object, Some(program), choice).expect("it loads");
    let result = vm.run(Engine::Interp, &mut [0; 256]).expect("it runs");
    u64::from(result as u32)
}

/// The files of `tests/link`, whose comments say what each defines. `tests/linkers.rs` asks Linux for the same results.
#[test]
fn functions_variables_and_maps_are_those_of_the_other_files() {
    for level in [Level::O0, Level::O1] {
        let options = Options {
            level,
            ..Options::default()
        };
        let inputs = ["one.c", "two.c", "three.c"].map(|name| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/link")
                .join(name);
            let compiled = compile_file(&path, &options).result.expect(name);
            Input {
                name: name.into(),
                object: compiled.object,
            }
        });
        let linked = link::link(&inputs).unwrap_or_else(|errors| panic!("{errors:#?}"));
        // step(1), add(2), scale(1), strong(1), secret(1), total, *value
        let expected = 5 + 1102 + 10 + 8 + 1_000_000 + 41 + 5;
        assert_eq!(result_of(&linked, "prog"), expected, "{level:?}");
        assert_eq!(result_of(&linked, "other"), 53 + 40 + 20, "{level:?}");
    }
}

const PROG: &str = "extern int answer(int x);\n\
    __attribute__((section(\"tc\"))) int prog(void *ctx) { return answer(6); }\n\
    char license[] __attribute__((section(\"license\"))) = \"GPL\";\n";
const ANSWER: &str = "int answer(int x) { return x * 7; }\n";

#[test]
fn sources_and_objects_are_linked_into_one_output() {
    let scratch = Scratch::new("inputs");
    scratch.file("prog.c", PROG);
    scratch.file("answer.c", ANSWER);
    scratch.succeeds("prog.c answer.c -o sources.o");
    scratch.succeeds("-c prog.c answer.c");
    scratch.succeeds("link prog.o answer.o -o objects.o");
    scratch.succeeds("-g prog.c answer.o -o both.o");
    for object in ["sources.o", "objects.o", "both.o"] {
        assert_eq!(scratch.result_of(object), 42, "{object}");
    }
    // Linked again, alone or with what it lacks.
    scratch.succeeds("link objects.o -o again.o");
    assert_eq!(scratch.result_of("again.o"), 42);
    scratch.file(
        "more.c",
        "extern int most(int x); int more(int x) { return most(x) + 1; }",
    );
    scratch.file("most.c", "int most(int x) { return x + 1; }");
    scratch.succeeds("more.c answer.c -o library.o");
    scratch.succeeds("library.o most.c prog.c -o whole.o");
    assert_eq!(scratch.result_of("whole.o"), 42);
}

#[test]
fn a_name_has_one_strong_definition() {
    let scratch = Scratch::new("twice");
    scratch.file("prog.c", PROG);
    scratch.file("answer.c", ANSWER);
    scratch.file(
        "other.c",
        "\nint answer(int x) { return x; }\nint total = 1;\n",
    );
    scratch.file("third.c", "int total = 2;\n");
    scratch.fails(
        "prog.c answer.c other.c third.c -o out.o",
        "bpfcc: cannot link\n\
         `answer` is defined twice\n  answer.c, answer.c:1: int answer(int x)\n  other.c, other.c:2: int answer(int x)\n\
         make one of them `static`, `__weak` or `extern`\n\
         `total` is defined twice\n  other.c, section `.data` at 0: int total\n  third.c, section `.data` at 0: int total\n\
         make one of them `static`, `__weak` or `extern`",
    );
}

#[test]
fn declarations_agree_with_the_definition() {
    let scratch = Scratch::new("disagree");
    let map = |entries| {
        format!(
            "struct {{ int (*type)[1]; int (*max_entries)[{entries}]; int *key; long *value; }} m \
             __attribute__((section(\".maps\")));\n"
        )
    };
    scratch.file("map.c", &map(5));
    scratch.file(
        "uses.c",
        &format!("extern {}void *address(void) {{ return &m; }}", map(6)),
    );
    scratch.fails(
        "map.c uses.c -o out.o",
        "bpfcc: cannot link\n\
         `m` does not mean the same in two files: `max_entries` differs\n  \
         map.c, section `.maps` at 0: map of type hash, key int, value long, key_size 4, max_entries 5, value_size 8\n  \
         uses.c: map of type hash, key int, value long, key_size 4, max_entries 6, value_size 8\n\
         declare it in a header that both include",
    );

    scratch.file(
        "answer.c",
        "struct a { int x; };\nint answer(struct a *a, int x) { return x + a->x; }",
    );
    let refused = |declared: &str, call: &str, why: &str, said: &str| {
        scratch.file(
            "prog.c",
            &format!("{declared};\nint f(int x) {{ return {call}; }}\n"),
        );
        scratch.fails(
            "prog.c answer.c -o out.o",
            &format!(
                "bpfcc: cannot link\n`answer` does not mean the same in two files: {why}\n  \
                 answer.c, answer.c:2: int answer(struct a *a, int x)\n  prog.c: {said}\n\
                 declare it in a header that both include"
            ),
        );
    };
    refused(
        "extern int answer(int x)",
        "answer(x)",
        "it has 2 parameters in one and 1 in the other",
        "extern int answer(int x)",
    );
    refused(
        "struct b; extern int answer(struct b *, int x)",
        "answer(0, x)",
        "`struct a` is not `struct b`",
        "extern int answer(struct b *, int x)",
    );
    refused(
        "struct a; extern int answer(struct a *a, long x)",
        "answer(0, x)",
        "`int` has 4 bytes and `long` has 8 bytes",
        "extern int answer(struct a *a, long x)",
    );
    // Only declared here, and that is enough.
    scratch.file(
        "prog.c",
        "struct a; extern int answer(struct a *, int); int f(int x) { return answer(0, x); }",
    );
    scratch.succeeds("prog.c answer.c -o out.o");
}

#[test]
fn files_that_are_no_objects_are_refused() {
    let scratch = Scratch::new("files");
    scratch.file("prog.c", PROG);
    scratch.file("text.o", "int x;");
    scratch.file(
        "bsd.c",
        "char license[] __attribute__((section(\"license\"))) = \"BSD\";",
    );
    scratch.succeeds("-c prog.c bsd.c");
    scratch.fails(
        "link prog.o text.o -o out.o",
        "bpfcc: `text.o` is no object file for BPF (ELF: Invalid ELF header size or alignment); make one with `bpfcc -c`",
    );
    scratch.fails(
        "link prog.o gone.o -o out.o",
        "bpfcc: cannot read `gone.o`: No such file or directory (os error 2)",
    );
    scratch.fails(
        "link prog.o bsd.o -o out.o",
        "bpfcc: cannot link\n`prog.o` and `bsd.o` differ in section `license`: \"GPL\" and \"BSD\"; \
         an object has but one, so make them the same",
    );
    scratch.fails(
        "prog.o",
        "bpfcc: `prog.o` is an object, which can only be linked; say where to with `-o`, and leave out `-c`",
    );
    scratch.fails(
        "-c prog.c bsd.c -o out.o",
        "bpfcc: `-o` names one output, but there are 2 files; leave it out, or have them linked, without `-c`, `-S` and `-E`",
    );
    scratch.fails(
        "-MD prog.c bsd.c -o out.o",
        "bpfcc: -MD and -MMD write one rule, but there are several files; compile them one by one with `-c`",
    );
    scratch.fails(
        "prog.c lib.a -o out.o",
        "bpfcc: `lib.a`: bpfcc reads no archives; name the objects that are in it",
    );
}
