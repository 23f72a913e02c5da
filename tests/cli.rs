//! The command as a user meets it: exit codes, messages, files written or left alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn bpfcc(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bpfcc"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .expect("the command starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A directory of its own for a test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("bpfcc-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a plain path").to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).expect("disk space");
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a readable directory");
        let names = entries.map(|e| e.expect("a readable entry").file_name());
        let mut names: Vec<String> = names.map(|n| n.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Refused with exit code 1, a message with the place, and no output file; one that exists stays as it is.
fn refuses(source: &str, place: &str, words: &[&str]) {
    let scratch = Scratch::new(&place.replace(':', "-"));
    let input = scratch.file("bad.c", source);
    for existing in [None, Some("precious")] {
        let output = scratch.path("out.o");
        if let Some(text) = existing {
            fs::write(&output, text).expect("disk space");
        }
        let result = bpfcc(&[&input, "-o", &output]);
        let message = stderr(&result);
        assert_eq!(result.status.code(), Some(1), "{message}");
        assert!(
            message.contains(&format!("bad.c:{place}\n")),
            "not at {place}:\n{message}"
        );
        for word in words {
            assert!(message.contains(word), "no {word:?} in\n{message}");
        }
        assert!(message.contains('^'), "no caret in\n{message}");
        match existing {
            None => assert_eq!(scratch.names(), ["bad.c"]),
            Some(text) => assert_eq!(fs::read_to_string(&output).expect("still there"), text),
        }
    }
}

#[test]
fn bad_programs_are_refused_with_place_rule_and_way_out() {
    refuses("int f(void)\n{\n\treturn 1 +;\n}\n", "3:12", &["expected"]);
    refuses("int f(strukt x) { return 0; }\n", "1:7", &["strukt"]);
    refuses("int f(void) { return g(); }\n", "1:22", &["`g`", "declare"]);
    refuses(
        "long g(void *);\nlong f(void)\n{\n\tchar a[500], b[40];\n\treturn g(a) + g(b);\n}\n",
        "4:7",
        &["512", "map"],
    );
    refuses(
        "static long (*h)(int, int, int, int, int, int) = (void *)9;\nlong f(void) { return h(1, 2, 3, 4, 5, 6); }\n",
        "2:40",
        &["five", "struct"],
    );
    refuses(
        "int f(int n) { return n ? f(n - 1) - f(n - 2) : 0; }\n",
        "1:27",
        &["recursion", "loop with a bound"],
    );
    refuses(
        "int f(int n) { return n * 0.5; }\n",
        "1:23",
        &["floating-point", "integers"],
    );
}

#[test]
fn binary_files_get_one_error() {
    let scratch = Scratch::new("binary");
    let input = scratch.file("binary.c", "\u{7f}ELF\0\0\0\u{1}\u{2}\u{3}");
    let output = bpfcc(&[&input, "-o", &scratch.path("binary.o")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("binary.c:1:5"),
        "{}",
        stderr(&output)
    );
    assert_eq!(
        stderr(&output).matches("error").count(),
        1,
        "{}",
        stderr(&output)
    );
}

#[test]
fn plain_functions_run_over_a_buffer() {
    let scratch = Scratch::new("buffer");
    let input = scratch.file(
        "sum.c",
        "long f(long *words, long bytes) { return words[1] + bytes; }",
    );
    let events = scratch.file("events.json", "{\"events\": [{\"args\": [1, 18]}]}");
    let output = bpfcc(&["run", &input, "--events", &events]);
    assert!(
        stdout(&output).contains("returned 34 (1×)"),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
}

#[test]
fn a_missing_file_is_named() {
    let output = bpfcc(&["no/such/file.c", "-o", "/no/such/place.o"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("`no/such/file.c`"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let output = bpfcc(&["samples/dropmon.c", "-o", "/no/such/directory/dropmon.o"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("/no/such/directory/dropmon.o"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let scratch = Scratch::new("nesting");
    for depth in [300, 10_000, 1_000_000] {
        let source = format!("int x = {}1{};\n", "(".repeat(depth), ")".repeat(depth));
        let input = scratch.file("deep.c", &source);
        let output = bpfcc(&[&input, "-o", &scratch.path("deep.o")]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{depth}: {}",
            stderr(&output)
        );
        assert!(stderr(&output).contains("nested"), "{}", stderr(&output));
        assert_eq!(scratch.names(), ["deep.c"]);
    }
}

#[test]
fn objects_are_written_whole_and_alone() {
    let scratch = Scratch::new("objects");
    let object = scratch.path("dropmon.o");
    let output = bpfcc(&["samples/dropmon.c", "-o", &object]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    assert_eq!(scratch.names(), ["dropmon.o"]);
    assert!(fs::read(&object).expect("written").starts_with(b"\x7fELF"));
    // What was compiled can be run without its source.
    let output = bpfcc(&["run", &object, "--events", "samples/dropmon.events.json"]);
    assert!(
        stdout(&output).contains("tcp_v4_rcv+0x510"),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
}

#[test]
fn output_does_not_depend_on_the_directory() {
    let scratch = Scratch::new("directory");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/dropmon.bpf.c");
    let objects = ["here", "there"].map(|name| {
        let directory = scratch.0.join(name);
        fs::create_dir(&directory).expect("disk space");
        fs::copy(&source, directory.join("dropmon.bpf.c")).expect("disk space");
        let status = Command::new(env!("CARGO_BIN_EXE_bpfcc"))
            .arg("dropmon.bpf.c")
            .current_dir(&directory)
            .status();
        assert!(status.expect("the command starts").success());
        fs::read(directory.join("dropmon.bpf.o")).expect("the default name of the object")
    });
    assert_eq!(objects[0], objects[1]);
}

#[test]
fn every_stage_prints() {
    for stage in bpfcc::stages::Stage::NAMES {
        let output = bpfcc(&[&format!("--emit={stage}"), "samples/dropmon.c"]);
        assert!(output.status.success(), "{stage}: {}", stderr(&output));
        assert!(
            output.stdout.len() > 100,
            "{stage} prints {}",
            stdout(&output)
        );
    }
    let output = bpfcc(&["--emit=nonsense", "samples/dropmon.c"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("the stages are pp, pp:plain, pp:macros, ast"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_target_is_checked() {
    let output = bpfcc(&["--target=windows", "samples/dropmon.c"]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("use `-target bpf`"), "{message}");
}

#[test]
fn events_are_checked() {
    let scratch = Scratch::new("events");
    for (text, words) in [
        ("{", "line 1"),
        ("{\"events\": [{\"arg9\": 1}]}", "no field `arg9`"),
        ("{\"events\": [{\"arg1\": \"x\"}]}", "`x` is not a number"),
        ("{\"event\": []}", "unknown key `event`"),
    ] {
        let events = scratch.file("events.json", text);
        let output = bpfcc(&["run", "samples/dropmon.c", "--events", &events]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

/// Runs a C program with both engines; its output and exit code must be these.
fn runs(name: &str, source: &str, expected_output: &str, expected_status: i32) {
    let scratch = Scratch::new(name);
    let input = scratch.file("prog.c", source);
    for engine in ["interp", "jit"] {
        for level in ["-O0", "-O1"] {
            let output = bpfcc(&["run", &input, "--engine", engine, level]);
            let how = format!("{engine} {level}: {}", stderr(&output));
            assert_eq!(stdout(&output), expected_output, "{how}");
            assert_eq!(output.status.code(), Some(expected_status), "{how}");
        }
    }
}

const KERNEL: &str = "\
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, int); __type(value, long); } m SEC(\".maps\");
static __attribute__((noinline)) int work(int x)
{
    int sum = 0;
    for (int i = 0; i < 50; i++)
        sum += i * x;
    return sum;
}
SEC(\"xdp\") int prog(struct xdp_md *ctx)
{
    int key = 0;
    long *value = bpf_map_lookup_elem(&m, &key);
    if (value)
        *value += work(ctx->ingress_ifindex);
    return bpf_ktime_get_boot_ns() > 9;
}
char LICENSE[] SEC(\"license\") = \"GPL\";
";

#[test]
fn the_report_names_the_kernel_and_what_forces_it() {
    let scratch = Scratch::new("report");
    let (input, object) = (scratch.file("prog.c", KERNEL), scratch.path("prog.o"));
    let report = |words: &[&str]| {
        let result = bpfcc(&[&["--report=kernel"], words].concat());
        assert!(result.status.success(), "{}", stderr(&result));
        stdout(&result)
    };
    let text = report(&[&input]);
    assert!(
        text.contains("prog.c loads from Linux 5.8 on\n\n"),
        "{text}"
    );
    for row in [
        "  5.8    helper `bpf_ktime_get_boot_ns`     ",
        "  4.16   calls of functions of the program  ",
        "  4.8    programs in section `xdp`          ",
        "  3.19   map `m` of type array              ",
        "17 |     return bpf_ktime_get_boot_ns() > 9;",
    ] {
        assert!(text.contains(row), "{row}:\n{text}");
    }
    assert!(bpfcc(&[&input, "-o", &object]).status.success());
    let of_object = report(&[&object]);
    assert_eq!(of_object.replace("prog.o", "prog.c"), text);

    let json = report(&[&object, "--diagnostics=json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("one object");
    assert_eq!(json["kernel"], "5.8");
    assert_eq!(json["needs"][0]["line"], 17);

    // Without the helper, it is a matter of choice.
    let older = KERNEL.replace("bpf_ktime_get_boot_ns", "bpf_ktime_get_ns");
    let older = scratch.file("older.c", &older);
    let text = report(&[&older, "-mcpu=v4"]);
    assert!(
        text.contains(
            "older.c loads from Linux 6.6 on\nwith --kernel=4.8 it loads from Linux 4.8 on\n"
        ),
        "{text}"
    );
    let chosen = report(&[&older, "--kernel=4.8"]);
    assert!(
        chosen.contains("older.c loads from Linux 4.8 on\n"),
        "{chosen}"
    );
}

#[test]
fn what_a_kernel_lacks_is_refused_with_its_place() {
    let scratch = Scratch::new("lacks");
    let (input, object) = (scratch.file("prog.c", KERNEL), scratch.path("prog.o"));
    for debug in ["-g", "-g0"] {
        let result = bpfcc(&["--kernel=5.4", debug, &input, "-o", &object]);
        assert_eq!(result.status.code(), Some(1));
        let message = stderr(&result);
        for words in [
            "error[kernel]: helper `bpf_ktime_get_boot_ns` came with Linux 5.8; the program is to load into 5.4",
            "prog.c:17:12\n",
            "or give `--kernel=5.8`",
        ] {
            assert!(message.contains(words), "{debug}: {words}:\n{message}");
        }
        assert!(
            bpfcc(&["--kernel=5.8", debug, &input, "-o", &object])
                .status
                .success()
        );
        fs::remove_file(&object).expect("it was written");
    }
    let result = bpfcc(&["--kernel=new", &input]);
    assert!(stderr(&result).contains("use a version such as 5.4"));
}

/// Numbers in memory are the other way round, and maps are printed as numbers all the same.
#[test]
fn big_endian_objects_run_in_the_interpreter() {
    let scratch = Scratch::new("big-endian");
    let object = scratch.path("dropmon.o");
    for target in [
        "-target bpfeb",
        "-mbig-endian",
        "--endian=big",
        "--target=bpfeb-linux-gnu",
    ] {
        let mut words: Vec<&str> = target.split(' ').collect();
        words.extend([
            concat!(env!("CARGO_MANIFEST_DIR"), "/samples/dropmon.c"),
            "-o",
            &object,
        ]);
        let result = bpfcc(&words);
        assert!(result.status.success(), "{}", stderr(&result));
        let bytes = fs::read(&object).expect("an object");
        assert_eq!(bytes[5], 2, "ELFDATA2MSB with {target}");
    }
    let run = |input: &str| bpfcc(&["run", input, "--events", "1000"]);
    let table = |output: &Output| {
        let text = stdout(output);
        let start = text.find("map `").expect("a map is printed");
        text[start..].to_owned()
    };
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/dropmon.c");
    assert_eq!(table(&run(&object)), table(&run(source)));
    let result = bpfcc(&["run", &object, "--engine", "jit"]);
    assert!(
        stderr(&result).contains("use the interpreter"),
        "{}",
        stderr(&result)
    );
}

#[test]
fn an_ordinary_program_prints_and_exits() {
    let status = "int main(void) { return 300; }\n";
    runs("status", status, "", 300 & 0xff);
    runs(
        "prints",
        r#"
        #include <stdio.h>
        #include <string.h>
        static const char name[] = "world";
        int main(void)
        {
            char copy[8];
            unsigned long big = 1ul << 40;
            printf("hello, %s %d%%\n", name, -3);
            printf("[%5u|%-4x|%#X|%c]\n", 42u, 255u, 255u, 'A');
            printf("[%08lld|%lu|%.2s|%+d]\n", -7ll, big, "abc", 5);
            puts("one line");
            for (int i = 0; i < 3; i++)
                putchar('a' + i);
            putchar('\n');
            memcpy(copy, "bpf", 4);
            printf("%d %d\n", (int)strlen(copy), strcmp(copy, "bpf"));
            return 0;
        }
        "#,
        "hello, world -3%\n[   42|ff  |0XFF|A]\n[-0000007|1099511627776|ab|+5]\none line\nabc\n3 0\n",
        0,
    );
}

#[test]
fn a_program_can_end_anywhere() {
    runs(
        "exits",
        r#"
        #include <stdio.h>
        #include <stdlib.h>
        __attribute__((noinline)) static int deep(int n)
        {
            if (n == 0)
                exit(7);
            return n;
        }
        __attribute__((noinline)) static int deeper(int n) { return deep(n) + deep(n - 1); }
        int main(void)
        {
            printf("%d\n", deep(4));
            printf("%d\n", deeper(1));
            return 0;
        }
        "#,
        "4\n",
        7,
    );
    runs(
        "aborts",
        "void abort(void);\nint main(void) { abort(); return 1; }\n",
        "",
        134,
    );
}

#[test]
fn a_sixth_argument_of_printf_is_refused() {
    refuses(
        "#include <stdio.h>\nint main(void)\n{\n\treturn printf(\"%d%d%d%d%d\", 1, 2, 3, 4, 5);\n}\n",
        "4:42",
        &["`printf`", "6 arguments", "five"],
    );
}

#[test]
fn json_has_an_object_per_diagnostic() {
    let scratch = Scratch::new("json");
    let input = scratch.file(
        "bad.c",
        "int f(int x)\n{\n\tint e;\n\t/* é */ return y;\n}\n",
    );
    let output = bpfcc(&[&input, "-Wall", "--diagnostics=json"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    let objects: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let error = &objects[0];
    assert_eq!(objects.len(), 1, "{text}");
    assert_eq!(error["severity"], "error");
    assert_eq!(error["file"], input.as_str());
    assert_eq!((&error["line"], &error["column"]), (&4.into(), &17.into()));
    assert_eq!(error["end"]["column"], 18);
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| text.contains("`y`"))
    );
    assert!(error["notes"].is_array() && error["help"].is_array());
}

#[test]
fn warnings_are_chosen_on_the_command_line() {
    let scratch = Scratch::new("warnings");
    let input = scratch.file("w.c", "int f(int x) { int unused; return x << 40; }\n");
    let object = scratch.path("w.o");
    for (options, codes, status) in [
        (&["-O1"][..], &["shift-count-overflow"][..], 0),
        (&["-Wall"], &["unused-variable", "shift-count-overflow"], 0),
        (
            &["-Wall", "-Wno-shift-count-overflow"],
            &["unused-variable"],
            0,
        ),
        (&["-w", "-Wall"], &[], 0),
        (&["-Werror"], &["shift-count-overflow"], 1),
    ] {
        let output = bpfcc(&[options, &[&input, "-o", &object]].concat());
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{options:?}: {text}");
        for code in ["unused-variable", "shift-count-overflow"] {
            let told = text.contains(&format!("[{code}]"));
            assert_eq!(told, codes.contains(&code), "{options:?}: {text}");
        }
    }
    let output = bpfcc(&[&input, "-Wunsued-variable", "-o", &object]);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("did you mean `unused-variable`?"), "{text}");
}

#[test]
fn the_documentation_lists_every_warning() {
    let text = include_str!("../docs/diagnostics.md");
    for row in bpfcc_frontend::warn::WARNINGS {
        assert!(
            text.contains(&format!("| `{}` |", row.name)),
            "{}",
            row.name
        );
        assert!(text.contains(row.about), "{}", row.name);
    }
}
