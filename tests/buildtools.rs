//! bpfcc in clang's place: the command lines of BPF projects.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const BPFCC: &str = env!("CARGO_BIN_EXE_bpfcc");

const PROGRAM: &str = r#"#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct key);
	__type(value, __u64);
} seen SEC(".maps");

SEC("xdp")
int count(struct xdp_md *ctx)
{
	struct key key = { .port = ctx->ingress_ifindex };
	__u64 one = 1, *value = bpf_map_lookup_elem(&seen, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	else
		bpf_map_update_elem(&seen, &key, &one, BPF_ANY);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
"#;

const HEADER: &str = "#pragma once\nstruct key { __u32 port; };\n";

/// A directory of its own for a test, removed at the end, with a program in it.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Project {
        let name = format!("bpfcc-build-{name}-{}", std::process::id());
        let project = Project(std::env::temp_dir().join(name));
        fs::create_dir_all(&project.0).expect("a temporary directory");
        project.file("count.bpf.c", PROGRAM);
        project.file("shared.h", HEADER);
        project
    }

    fn file(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("disk space");
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.0).stdin(Stdio::null());
        command
    }

    fn bpfcc(&self, args: &[&str]) -> Output {
        self.command(BPFCC, args)
            .output()
            .expect("the command starts")
    }

    /// Runs bpfcc, which must succeed; what it printed to standard output.
    fn succeeds(&self, args: &[&str]) -> String {
        let output = self.bpfcc(args);
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// How well-known projects call clang, each with its own habits.
#[test]
fn command_lines_of_projects_give_the_same_object() {
    let project = Project::new("projects");
    let plain = ["-O2", "-c", "count.bpf.c", "-o", "plain.o"];
    project.succeeds(&plain);
    for line in [
        // libbpf-bootstrap
        "-g -O2 -target bpf -D__TARGET_ARCH_x86 -I. -I.output -idirafter /usr/include -c count.bpf.c -o out.o",
        // bpf2go
        "-O2 -mcpu=v3 -Wall -Werror -D__TARGET_ARCH_x86 -Wunused-command-line-argument -target bpfel -c count.bpf.c -o out.o \
         -fno-ident -fdebug-prefix-map=/src=. -fdebug-compilation-dir . -g",
        // systemd and its kin
        "-std=gnu17 -fno-stack-protector -fno-ssa-phiopt -O2 -target bpf -g -c count.bpf.c -o out.o",
        // the kernel's selftests
        "-g -Wall -Werror -D__TARGET_ARCH_x86 -mlittle-endian -I. -Wno-compare-distinct-pointer-types -idirafter /usr/include \
         -std=gnu11 -fno-strict-aliasing --target=bpfel -O2 -mcpu=v3 -c count.bpf.c -o out.o",
        // the kernel's own build
        "-nostdinc -isystem bpfcc:resource/include -Wp,-MMD,.out.d -O2 -pipe -fno-PIE --target=bpf -c count.bpf.c -o out.o",
        "-x c count.bpf.c -x none --target=bpf-unknown-none -O3 -gdwarf-4 -mllvm -bpf-expand-memcpy-in-order -o out.o",
    ] {
        let args: Vec<&str> = line.split_whitespace().collect();
        project.succeeds(&args);
        assert!(project.bytes("out.o") == project.bytes("plain.o"), "{line}");
    }
    let rule = text(&project.bytes(".out.d"));
    assert_eq!(rule, "out.o: count.bpf.c shared.h\n");
}

/// libbpf-bootstrap, bcc and the kernel take this apart with sed.
#[test]
fn the_search_list_is_printed_as_clang_prints_it() {
    let project = Project::new("search");
    fs::create_dir_all(project.0.join("sys/usr/include")).expect("disk space");
    let output = project.bpfcc(&[
        "-v",
        "-E",
        "--sysroot=sys",
        "-I",
        "inc",
        "-iquote",
        "q",
        "-",
    ]);
    assert!(output.status.success());
    let said = text(&output.stderr);
    let list = "#include \"...\" search starts here:\n q\n#include <...> search starts here:\n inc\n \
        bpfcc:resource/include\n sys/usr/include\nEnd of search list.\n";
    assert!(said.starts_with("bpfcc version "), "{said}");
    assert!(said.ends_with(list), "{said}");
}

#[test]
fn questions_are_answered() {
    let project = Project::new("questions");
    let version = env!("CARGO_PKG_VERSION");
    let first_lines = format!("bpfcc version {version}\nTarget: bpf\n");
    assert!(project.succeeds(&["--version"]).starts_with(&first_lines));
    for (question, answer) in [
        ("-dumpmachine", "bpf\n"),
        ("-dumpversion", &format!("{version}\n")),
        ("-print-file-name=include", "bpfcc:resource/include\n"),
        ("-print-file-name=libx.a", "libx.a\n"),
        ("-print-resource-dir", "bpfcc:resource\n"),
    ] {
        assert_eq!(project.succeeds(&[question]), answer, "{question}");
    }
    let planned = project.bpfcc(&["-###", "-c", "no-such-file.c"]);
    assert!(planned.status.success());
    assert!(text(&planned.stderr).contains("\"-c\" \"no-such-file.c\""));
}

#[test]
fn each_of_several_files_has_its_object() {
    let project = Project::new("several");
    fs::create_dir(project.0.join("deep")).expect("disk space");
    project.file("deep/a.c", "int a(void) { return 1; }\n");
    project.file("b.c", "int b(void) { return 2; }\n");
    project.file("words", "-O2 deep/a.c\n'b.c' -DX=\\\"y\\\"");
    project.succeeds(&["-c", "@words"]);
    let objects = [project.bytes("a.o"), project.bytes("b.o")];
    assert!(objects.iter().all(|object| object.starts_with(b"\x7fELF")));
    assert_ne!(objects[0], objects[1]);

    let both = project.bpfcc(&["-c", "deep/a.c", "b.c", "-o", "both.o"]);
    assert_eq!(both.status.code(), Some(1));
    assert!(text(&both.stderr).contains("there are 2 files"));

    // One that is wrong does not keep the others from being made.
    project.file("bad.c", "int bad(void) { return ; +\n");
    fs::remove_file(project.0.join("b.o")).expect("our own file");
    assert_eq!(project.bpfcc(&["bad.c", "b.c"]).status.code(), Some(1));
    assert_eq!(project.bytes("b.o"), objects[1]);
}

#[test]
fn headers_are_found_as_the_options_say() {
    let project = Project::new("headers");
    for dir in ["quote", "user", "system", "after"] {
        fs::create_dir(project.0.join(dir)).expect("disk space");
        project.file(&format!("{dir}/where.h"), &format!("int from_{dir};\n"));
    }
    project.file("macros.h", "#define FROM_MACROS 7\nint not_wanted;\n");
    let dirs = [
        "-idirafter",
        "after",
        "-isystem",
        "system",
        "-iquote",
        "quote",
        "-Iuser",
    ];
    for (program, expected) in [
        ("#include \"where.h\"\n", "int from_quote;"),
        ("#include <where.h>\n", "int from_user;"),
        (
            "#include <where.h>\n#include_next <where.h>\n",
            "int from_user;",
        ),
        (
            "#include <stddef.h>\n#include <after.h>\n",
            "int only_after;",
        ),
        ("int x = FROM_MACROS;\n", "int x = 7;"),
    ] {
        project.file("after/after.h", "int only_after;\n");
        project.file("m.c", program);
        let args = ["-E", "-P", "-imacros", "macros.h", "m.c"];
        let printed = project.succeeds(&[&dirs[..], &args].concat());
        assert!(printed.contains(expected), "{program}: {printed}");
        assert!(!printed.contains("not_wanted"), "{printed}");
    }
    // What is still to be made belongs to the rule.
    project.file("m.c", "#include \"made.h\"\nint x;\n");
    assert_eq!(
        project.succeeds(&["-MM", "-MG", "m.c"]),
        "m.o: m.c made.h\n"
    );
}

#[test]
fn debug_information_is_there_unless_it_is_not_wanted() {
    let project = Project::new("debug");
    let has_btf = |args: &[&str]| {
        let all = [args, &["-c", "count.bpf.c", "-o", "out.o"]].concat();
        project.succeeds(&all);
        project
            .bytes("out.o")
            .windows(4)
            .any(|four| four == b".BTF")
    };
    assert!(has_btf(&[]) && has_btf(&["-g"]) && has_btf(&["-g0", "-g"]));
    assert!(!has_btf(&["-g0"]) && !has_btf(&["-g", "-g0"]));
}

/// The same program in two directories gives the same bytes once the directory is mapped away.
#[test]
fn paths_can_be_mapped() {
    let object = |name: &str| {
        let project = Project::new(name);
        let program = format!("{PROGRAM}const char where[] = __FILE__;\n");
        project.file("count.bpf.c", &program);
        let dir = project.0.to_str().expect("a plain path");
        let map = format!("-ffile-prefix-map={dir}=/src");
        let source = format!("{dir}/count.bpf.c");
        project.succeeds(&["-g", "-O2", &map, "-c", &source, "-o", "out.o"]);
        project.bytes("out.o")
    };
    let (one, two) = (object("map-one"), object("map-two"));
    assert!(one == two);
    let shown = text(&one);
    assert!(shown.contains("/src/count.bpf.c") && !shown.contains("bpfcc-build-"));
}

#[test]
fn options_that_nobody_knows_are_refused() {
    let project = Project::new("unknown");
    for (option, words) in [
        ("-fno-bultin", "did you mean `-fno-builtin`?"),
        ("-emit-llvm", "write the object with `-c`"),
        ("-mbig-endian", "big-endian"),
        ("-O7x", "there is no -O7x"),
        ("--nostdnic", "--nostdinc"),
    ] {
        let output = project.bpfcc(&[option, "-c", "count.bpf.c"]);
        assert_eq!(output.status.code(), Some(2), "{option}");
        let message = text(&output.stderr);
        assert!(message.contains(words), "{option}: {message}");
        assert!(!Path::new("count.bpf.o").exists());
    }
}

/// What `-E` prints compiles to the same, and messages name the places in the files that it was made from.
#[test]
fn preprocessed_files_keep_their_places() {
    let project = Project::new("markers");
    fs::create_dir(project.0.join("sys")).expect("disk space");
    let quiet = "static inline int quiet(int x) { return x << 40; }\n";
    project.file("sys/quiet.h", quiet);
    let program = "#include <quiet.h>\n#include \"shared.h\"\nint f(int a)\n{\n return quiet(a) + (a << 33);\n}\n";
    project.file("m.c", program);
    // A header without a token is named, too: ccache looks at all of them before it takes an object from its cache.
    project.file("shared.h", "#define EMPTY\n");
    project.succeeds(&["-E", "-isystem", "sys", "m.c", "-o", "m.i"]);
    let markers = text(&project.bytes("m.i"));
    for line in [
        "# 1 \"sys/quiet.h\" 1 3\n",
        "# 1 \"shared.h\" 1\n# 3 \"m.c\" 2\n",
    ] {
        assert!(markers.contains(line), "{markers}");
    }
    let direct = project.bpfcc(&["-Wall", "-isystem", "sys", "m.c", "-o", "direct.o"]);
    let output = project.bpfcc(&["-Wall", "m.i", "-o", "preprocessed.o"]);
    for said in [&direct, &output] {
        let said = text(&said.stderr);
        assert_eq!(said.matches("warning").count(), 1, "{said}");
        assert!(said.contains("m.c:5:"), "{said}");
    }
    assert!(
        project.bytes("direct.o") == project.bytes("preprocessed.o"),
        "{markers}"
    );
    // The text of macros is not looked at a second time.
    project.file("n.i", "int __bpf__ = 1;\n");
    project.succeeds(&["n.i"]);
    project.file("n.c", "int __bpf__ = 1;\n");
    assert_eq!(project.bpfcc(&["n.c"]).status.code(), Some(1));
    project.succeeds(&["-x", "cpp-output", "n.c"]);
}
