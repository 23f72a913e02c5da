//! bpfcc in clang's place: the command lines of BPF projects, make, ccache and distcc.
//!
//! Tools that are not installed are skipped with a message.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

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

/// A warning that only other compilers have is no reason to refuse a program.
#[test]
fn unknown_warnings_are_no_errors() {
    let project = Project::new("warnings");
    let output = project.bpfcc(&["-Wall", "-Werror", "-Wfrobnicate-all", "-c", "count.bpf.c"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("there is no warning `-Wfrobnicate-all`"));
    let quiet = [
        "-Wfrobnicate-all",
        "-Wno-unknown-warning-option",
        "-Wno-frobnicate",
    ];
    let output = project.bpfcc(&[&quiet[..], &["-c", "count.bpf.c"]].concat());
    assert_eq!(text(&output.stderr), "");
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
        "-x c count.bpf.c -x none --target=bpf-unknown-none -O3 -ggdb3 -mllvm -bpf-expand-memcpy-in-order -o out.o",
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
    assert!(said.starts_with("bpfcc as clang version "), "{said}");
    assert!(said.ends_with(list), "{said}");
}

#[test]
fn questions_are_answered() {
    let project = Project::new("questions");
    // The number is that of `__clang_major__` and its like: builds that want a new clang look at either.
    let macros = "__clang_major__.__clang_minor__.__clang_patchlevel__";
    project.file("version.c", macros);
    let clang = project.succeeds(&["-E", "-P", "version.c"]);
    let clang = clang.replace(char::is_whitespace, "");
    let version = env!("CARGO_PKG_VERSION");
    let first_lines =
        format!("bpfcc as clang version {clang} (bpfcc version {version})\nTarget: bpf\n");
    assert!(project.succeeds(&["--version"]).starts_with(&first_lines));
    let cpus = "generic\nprobe\nv1\nv2\nv3\nv4\n";
    assert_eq!(project.succeeds(&["--print-supported-cpus"]), cpus);
    for (question, answer) in [
        ("-dumpmachine", "bpf\n"),
        ("-target bpfeb -print-target-triple", "bpfeb\n"),
        ("-dumpversion", &format!("{clang}\n")),
        ("-print-file-name=include", "bpfcc:resource/include\n"),
        ("-print-file-name=libx.a", "libx.a\n"),
        ("-print-resource-dir", "bpfcc:resource\n"),
    ] {
        let words: Vec<&str> = question.split(' ').collect();
        assert_eq!(project.succeeds(&words), answer, "{question}");
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

/// File names are bytes.
#[cfg(unix)]
#[test]
fn paths_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new("bytes");
    let path = |name: &[u8]| PathBuf::from(std::ffi::OsStr::from_bytes(name));
    fs::copy(
        project.0.join("count.bpf.c"),
        project.0.join(path(b"c\xff.c")),
    )
    .expect("disk space");
    let words = [path(b"-c"), path(b"c\xff.c"), path(b"-o"), path(b"o\xff.o")];
    let output = Command::new(BPFCC)
        .args(words)
        .current_dir(&project.0)
        .output();
    let output = output.expect("the command starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(project.0.join(path(b"o\xff.o")).is_file());
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
    let sections = |args: &[&str]| {
        let all = [args, &["-c", "count.bpf.c", "-o", "out.o"]].concat();
        project.succeeds(&all);
        let bytes = project.bytes("out.o");
        let has = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
        (has(b".BTF"), has(b".debug_info"))
    };
    for btf in [&["-g"][..], &[], &["-g0", "-g"], &["-ggdb3"]] {
        assert_eq!(sections(btf), (true, false), "{btf:?}");
    }
    for nothing in [&["-g0"][..], &["-g", "-g0"], &["-gdwarf", "-g0"]] {
        assert_eq!(sections(nothing), (false, false), "{nothing:?}");
    }
    for both in [
        &["-gdwarf"][..],
        &["-gdwarf-5", "-g"],
        &["-g0", "-gdwarf-4"],
        &["--dwarf=4"],
    ] {
        assert_eq!(sections(both), (true, true), "{both:?}");
    }
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
        project.succeeds(&["-gdwarf", "-O2", &map, "-c", &source, "-o", "out.o"]);
        project.bytes("out.o")
    };
    let (one, two) = (object("map-one"), object("map-two"));
    assert!(one == two);
    let shown = text(&one);
    assert!(shown.contains("/src/count.bpf.c") && !shown.contains("bpfcc-build-"));
}

/// The directory that relative paths start from is the only thing that an object knows of where it was made.
#[test]
fn dwarf_knows_the_directory() {
    let project = Project::new("directory");
    let object = |args: &[&str]| {
        let all = [&["-gdwarf", "-c", "count.bpf.c", "-o", "out.o"], args].concat();
        project.succeeds(&all);
        text(&project.bytes("out.o"))
    };
    let dir = project.0.canonicalize().expect("a directory");
    let dir = dir.to_str().expect("a plain path");
    assert!(object(&[]).contains(dir));
    let map = format!("-fdebug-prefix-map={dir}=/src");
    let named = [
        "-fdebug-compilation-dir=/src",
        "-ffile-compilation-dir=/src",
    ];
    for option in named.into_iter().chain([map.as_str()]) {
        let object = object(&[option]);
        assert!(
            object.contains("/src\0") && !object.contains(dir),
            "{option}"
        );
    }
}

#[test]
fn options_that_nobody_knows_are_refused() {
    let project = Project::new("unknown");
    for (option, words) in [
        ("-fno-bultin", "did you mean `-fno-builtin`?"),
        ("-emit-llvm", "write the object with `-c`"),
        ("-O7x", "there is no -O7x"),
        ("-gdwarf-2", "-gdwarf-4 or -gdwarf-5"),
        ("--dwarf=3", "use 4 or 5"),
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

// Tools that call a compiler.

const MAKEFILE: &str = r#"CLANG ?= clang
BPFTOOL ?= bpftool
OUT := out
ARCH := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/; s/ppc64le/powerpc/')
APPS := count other
# The host's directories behind all others, as the search list names them.
HOST_DIRS := $(shell $(CLANG) -v -E - </dev/null 2>&1 | \
	sed -n '/<...> search starts here:/,/End of search list./{ s| \(/.*\)|-idirafter \1|p }')
BPF_FLAGS := -g -O2 -target bpf -D__TARGET_ARCH_$(ARCH) -I. -I$(OUT) $(HOST_DIRS) -Wall -Werror

.PHONY: objects skeletons
objects: $(APPS:%=$(OUT)/%.bpf.o)
skeletons: $(APPS:%=$(OUT)/%.skel.h)

$(OUT):
	mkdir -p $@

$(OUT)/%.bpf.o: %.bpf.c | $(OUT)
	$(CLANG) $(BPF_FLAGS) -MMD -MP -c $(filter %.c,$^) -o $@

$(OUT)/%.skel.h: $(OUT)/%.bpf.o
	$(BPFTOOL) gen skeleton $< > $@

-include $(wildcard $(OUT)/*.d)
.DELETE_ON_ERROR:
"#;

/// A Makefile in the manner of BPF projects, with nothing changed but `CLANG=bpfcc`.
#[test]
fn make_builds_with_bpfcc_for_clang() {
    let Some(make) = tool("make") else { return };
    let make = make.to_str().expect("a plain path");
    let project = Project::new("make");
    project.file("Makefile", MAKEFILE);
    project.file("other.bpf.c", &PROGRAM.replace("seen", "others"));
    let clang = format!("CLANG={BPFCC}");
    let run = |args: &[&str]| {
        let all = [&["-j4", &clang], args].concat();
        let output = project.command(make, &all).output();
        let output = output.expect("make starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), text(&said))
    };
    let (status, said) = run(&["objects"]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(
        text(&project.bytes("out/count.bpf.d")),
        "out/count.bpf.o: count.bpf.c shared.h\nshared.h:\n"
    );
    assert_eq!(run(&["-q", "objects"]).0, Some(0), "there is nothing to do");
    project.file("count.bpf.c", "int broken(void) { return nothing; }\n");
    let (status, said) = run(&["objects"]);
    assert_eq!(status, Some(2));
    assert!(said.contains("count.bpf.c:1:27"), "{said}");
    project.file("count.bpf.c", PROGRAM);
    if let Some(bpftool) = tool("bpftool") {
        let bpftool = format!("BPFTOOL={}", bpftool.display());
        let (status, said) = run(&[&bpftool, "skeletons"]);
        assert_eq!(status, Some(0), "{said}");
        let skeleton = text(&project.bytes("out/count.skel.h"));
        assert!(skeleton.contains("struct bpf_map *seen;"), "{skeleton}");
    }
}

/// A second build comes from the cache, whatever ccache takes bpfcc for; one with another header does not.
#[test]
fn ccache_finds_what_it_has_seen() {
    let Some(ccache) = tool("ccache") else { return };
    let ccache = ccache.to_str().expect("a plain path");
    for (mode, hit) in [
        ("CCACHE_DIRECT", "direct_cache_hit"),
        ("CCACHE_NODIRECT", "preprocessed_cache_hit"),
    ] {
        for kind in ["auto", "clang", "gcc", "other"] {
            let project = Project::new("ccache");
            let run = |args: &[&str]| {
                let output = project
                    .command(ccache, args)
                    .env("CCACHE_DIR", project.0.join("cache"))
                    .env("CCACHE_CONFIGPATH", project.0.join("no-such.conf"))
                    .env("CCACHE_COMPILERTYPE", kind)
                    // The header has been written in this very moment.
                    .env("CCACHE_SLOPPINESS", "include_file_mtime,include_file_ctime")
                    .env(mode, "true")
                    .output()
                    .expect("ccache starts");
                assert!(output.status.success(), "{}", text(&output.stderr));
                text(&output.stdout)
            };
            let build = |name: &str| {
                run(&[
                    BPFCC,
                    "-g",
                    "-O2",
                    "-target",
                    "bpf",
                    "-MMD",
                    "-c",
                    "count.bpf.c",
                    "-o",
                    name,
                ]);
                project.bytes(name)
            };
            let hits = || {
                let stats = run(&["--print-stats"]);
                let line = stats.lines().find_map(|line| line.strip_prefix(hit));
                line.map(|count| count.trim().to_owned())
            };
            let first = build("out.o");
            assert_eq!(hits().as_deref(), Some("0"), "{mode} {kind}");
            assert!(first == build("out.o"));
            assert_eq!(hits().as_deref(), Some("1"), "{mode} {kind}");
            project.file("shared.h", &HEADER.replace("__u32 port", "__u64 port"));
            assert!(
                first != build("out.o"),
                "{mode} {kind}: the header has changed"
            );
        }
    }
}

/// A server that is ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Best effort: it ends by itself, too (`--lifetime`).
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// distcc sends preprocessed text; the object that comes back is the one that would have been made here.
#[test]
fn distcc_compiles_elsewhere() {
    let (Some(distcc), Some(distccd)) = (tool("distcc"), tool("distccd")) else {
        return;
    };
    let project = Project::new("distcc");
    // Where the server, which gives up the rights of root, can read it.
    let compiler = project.0.join("bpfcc");
    fs::copy(BPFCC, &compiler).expect("disk space");
    let port = free_port();
    let log = fs::File::create(project.0.join("log")).expect("disk space");
    let server = Command::new(distccd)
        .args(["--no-detach", "--daemon", "--no-fork", "--lifetime", "120"])
        .args([
            "--log-stderr",
            "--allow",
            "127.0.0.1",
            "--enable-tcp-insecure",
        ])
        .args(["--listen", "127.0.0.1", "--port", &port.to_string()])
        .env("TMPDIR", std::env::temp_dir())
        .stderr(log)
        .spawn();
    let _server = Server(server.expect("distccd starts"));
    let is_up = || TcpStream::connect(("127.0.0.1", port)).is_ok();
    assert!(within_seconds(is_up), "no distccd on port {port}");
    let here = [
        "-g0",
        "-O2",
        "-target",
        "bpf",
        "-Wall",
        "-c",
        "count.bpf.c",
        "-o",
    ];
    let compiler = compiler.to_str().expect("a plain path");
    let output = project
        .command(distcc.to_str().expect("a plain path"), &[compiler])
        .args(here)
        .arg("there.o")
        .env("DISTCC_DIR", &project.0)
        .env("DISTCC_HOSTS", format!("127.0.0.1:{port}"))
        .env("DISTCC_FALLBACK", "0")
        .output()
        .expect("distcc starts");
    let log = || text(&project.bytes("log"));
    assert!(output.status.success(), "{}{}", text(&output.stderr), log());
    // The server writes its log once the client has its object.
    let is_logged = within_seconds(|| log().contains("COMPILE_OK"));
    assert!(is_logged, "{}", log());
    project.succeeds(&[&here[..], &["here.o"]].concat());
    assert!(project.bytes("here.o") == project.bytes("there.o"));
}

/// A port that nobody uses at the moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket").port()
}

/// Whether something comes true before one loses patience.
fn within_seconds(is_true: impl Fn() -> bool) -> bool {
    let pause = |_: &i32| thread::sleep(Duration::from_millis(50));
    (0..200).inspect(pause).any(|_| is_true())
}

/// Says that a test was skipped. Straight to the stream: the test harness hides what `eprintln!` prints.
fn skipped(why: &str) {
    // Best effort: nobody may be reading.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Where a tool is; says so if it is nowhere.
fn tool(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let mut places = std::env::split_paths(&path).chain(system);
    let found = places.find_map(|place| Some(place.join(name)).filter(|path| path.is_file()));
    if found.is_none() {
        skipped(&format!("{name} is not installed"));
    }
    found
}
