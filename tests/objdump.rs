//! `bpfcc objdump` beside other people's tools, on other people's objects, and on broken ones.
//!
//! A broken object is made from its number alone; `HOSTILE_FIRST=number HOSTILE_CASES=1 cargo test --test objdump` makes one
//! again, and `HOSTILE_CASES=100000` more than the usual ones.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bpfcc::objdump::{self, Options, Part};
use bpfcc::{Cpu, compile_file};
use bpfcc_object::{Endian, Object, elf};
use serde_json::Value;

/// A directory of its own for a test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let name = format!("bpfcc-objdump-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("disk space");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The newest version of a tool of LLVM, or another tool, or a word about what to install.
fn find(name: &str, package: &str) -> Option<String> {
    let versions = (18..30).rev().map(|version| format!("{name}-{version}"));
    let mut names = versions.chain([name.to_owned()]);
    let runs = |name: &String| {
        let output = Command::new(name).arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    };
    let found = names.find(runs);
    if found.is_none() {
        // Straight to the stream: the test harness hides what `eprintln!` prints. Best effort: nobody may be reading.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {name} is not installed (package {package})"
        );
    }
    found
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The files of these directories whose names end in `.c`.
fn programs(directories: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for directory in directories {
        let entries = fs::read_dir(root(directory)).expect("a readable directory");
        let paths = entries.map(|entry| entry.expect("a readable entry").path());
        files.extend(paths.filter(|path| path.extension().is_some_and(|e| e == "c")));
    }
    files.sort();
    files
}

/// What a file compiles to; `None` if it does not.
fn compile(path: &Path, cpu: Cpu) -> Option<Object> {
    let options = bpfcc::Options {
        cpu,
        ..bpfcc::Options::default()
    };
    let compiled = compile_file(path, &options).result?;
    // Through a file, as all objects come.
    let bytes = compiled.to_elf().expect("an object can be written");
    Some(elf::read(&bytes).expect("what was written can be read"))
}

/// What clang makes of a program.
fn clang(name: &str, source: &str, options: &[&str]) -> Option<Object> {
    let clang = find("clang", "clang")?;
    let scratch = Scratch::new(name);
    let input = scratch.file("prog.c", source.as_bytes());
    let output = scratch.0.join("prog.o");
    let mut command = Command::new(clang);
    command.args(["-O2", "-c", "-o"]).args([&output, &input]);
    run(command.args(options));
    let bytes = fs::read(output).expect("clang wrote it");
    Some(elf::read(&bytes).expect("clang's objects can be read"))
}

fn parts(parts: &[Part]) -> Options {
    Options {
        parts: parts.iter().copied().collect(),
        ..Options::default()
    }
}

fn text(object: &Object, options: &Options) -> String {
    objdump::text(object, options).expect("all of it is there")
}

/// Slot, bytes and text of each instruction.
type Listing = Vec<(u64, String, String)>;

fn ours(object: &Object) -> Listing {
    let options = Options {
        plain: true,
        ..parts(&[Part::Code])
    };
    let json = objdump::json(object, &options).expect("all of it is there");
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let functions = json["functions"].as_array().expect("a list");
    let lines = functions
        .iter()
        .flat_map(|function| function["instructions"].as_array().expect("a list"));
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    let line = |line: &Value| {
        let slot = line["slot"].as_u64().expect("a number");
        // LLVM writes distances of calls like any number.
        let text = word(&line["text"]).replace("call pc", "call ");
        (slot, word(&line["bytes"]), text.replace("call +", "call "))
    };
    lines.map(line).collect()
}

/// The same from `llvm-objdump -d`: slot, bytes and text are parted by tabs, and where jumps lead stands behind the text.
fn llvms(objdump: &str, object: &Path) -> Listing {
    // At this level it writes 32-bit loads as we do, whatever the object's level is.
    let options = ["-d", "--mcpu=v1", "--no-print-imm-hex"];
    let listing = run(Command::new(objdump).args(options).arg(object));
    let line = |line: &str| {
        let mut cells = line.split('\t');
        let slot = cells.next()?.trim().strip_suffix(':')?.parse().ok()?;
        let bytes = cells.next()?.trim().to_owned();
        let text = cells.next()?;
        let text = match text.rsplit_once(" <") {
            Some((text, behind)) if behind.ends_with('>') => text,
            _ => text,
        };
        Some((slot, bytes, text.to_owned()))
    };
    listing.lines().filter_map(line).collect()
}

#[test]
fn instructions_are_those_that_llvm_sees() {
    let Some(objdump) = find("llvm-objdump", "llvm") else {
        return;
    };
    let scratch = Scratch::new("llvm");
    let directories = ["samples", "objdump", "asm", "core"].map(|name| match name {
        "samples" => name.to_owned(),
        name => format!("tests/filetests/{name}"),
    });
    let directories: Vec<&str> = directories.iter().map(String::as_str).collect();
    let mut count = 0;
    for path in programs(&directories) {
        let Some(object) = compile(&path, Cpu::V4) else {
            continue;
        };
        let bytes = elf::write(&object).expect("an object can be written");
        let theirs = llvms(&objdump, &scratch.file("prog.o", &bytes));
        assert_eq!(ours(&object), theirs, "{}", path.display());
        count += theirs.len();
    }
    assert!(count > 500, "only {count} instructions were compared");
}

/// Everything that clang puts into objects and that is not in the samples.
const PROGRAM: &str = r#"
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
typedef unsigned int u32;
typedef unsigned long long u64;
struct pair { u32 a, b; };
struct nested { int first; struct { long deep; union { char c; short s; }; } in[2]; unsigned bits : 3, : 2, more : 7; };
enum state { IDLE, BUSY = 5 };
struct mm { int x; } __attribute__((preserve_access_index));
struct task_struct { int pid; char comm[16]; struct mm *mm; } __attribute__((preserve_access_index));
struct { __uint(type, 1); __uint(max_entries, 64); __type(key, u32); __type(value, struct pair); } events SEC(".maps");
static void *(*lookup)(void *, const void *) = (void *)1;
static long (*trace)(const char *, u32, ...) = (void *)6;
extern int CONFIG_HZ __attribute__((section(".kconfig"), weak));
extern const void bpf_link_fops __attribute__((section(".ksyms")));
const volatile struct { enum state state; char name[8]; struct nested n; } config = { BUSY, "eth0", { 1, { { -2 } }, 5, 100 } };
static u64 counter = 7;
const char *message = "hello";
__attribute__((noinline)) static int sum(struct pair *p) { counter++; return p->a + p->b; }
SEC("kprobe/do_exit") int prog(struct task_struct *task)
{
	u32 key = task->pid;
	struct pair *pair = lookup(&events, &key);
	if (!pair)
		return CONFIG_HZ + task->mm->x + config.state;
	trace("found %d\n", 10, pair->a);
	return sum(pair) + (long)&bpf_link_fops;
}
char LICENSE[] SEC("license") = "GPL";
"#;

#[test]
fn an_object_of_clang_is_understood() {
    let Some(object) = clang("clang", PROGRAM, &["--target=bpf", "-mcpu=v3", "-g"]) else {
        return;
    };
    let all = text(&object, &Options::default());
    for line in [
        "  events  hash  u32 (4 bytes)  struct pair (8 bytes)  64\n",
        "  int CONFIG_HZ             option of the kernel's configuration  0\n",
        "  const void bpf_link_fops  kernel variable                       the object is refused\n",
        "kprobe/do_exit: kprobe program for do_exit, context struct pt_regs in r1\n",
        "int prog(struct task_struct *task):  # ",
        "# CO-RE: offset of task_struct.pid, 0 here, must exist\n",
        "# CO-RE: offset of task_struct.mm, 24 here, must exist\n",
        "r1 = events ll                        # map (hash)\n",
        "call bpf_map_lookup_elem              # helper 1\n",
        "# \"found %d\\n\"\n",
        "  call sum\n",
        "r1 = bpf_link_fops ll                 # kernel variable\n",
        "int sum(struct pair *p):  # static subprogram, verified where it is called, 8 instructions",
        "counter ll                       # u64 counter in .data\n",
        ".state = BUSY, .name = \"eth0\", .n = { .first = 1, .in = { { .deep = -2, ",
        ".bits = 5, .more = 100 }",
        "  const char *message = \"hello\";",
        "  u64 counter = 7;",
        "struct pair {\n\tu32 a;\n\tu32 b;\n};\n",
    ] {
        assert!(all.contains(line), "no {line:?} in\n{all}");
    }
}

/// All but bytes, which stand in the order of the machine.
fn without_bytes(text: &str) -> Vec<&str> {
    let is_hex = |line: &&str| line.starts_with("  0");
    text.lines().skip(1).filter(|line| !is_hex(line)).collect()
}

#[test]
fn byte_orders_differ_in_bytes_alone() {
    let object = |target| clang(target, PROGRAM, &["-target", target, "-g", "-mcpu=v3"]);
    let (Some(little), Some(big)) = (object("bpfel"), object("bpfeb")) else {
        return;
    };
    assert_eq!((little.endian, big.endian), (Endian::Little, Endian::Big));
    let [little, big] =
        [little, big].map(|object| text(&object, &parts(&[Part::Code, Part::Maps, Part::Data])));
    assert!(little.contains(".more = 100"), "{little}");
    assert_eq!(without_bytes(&little), without_bytes(&big));
}

#[test]
fn without_types_there_are_names() {
    let source = r#"
#define SEC(name) __attribute__((section(name), used))
struct { unsigned type, key_size, value_size, max_entries, map_flags; } hits SEC("maps") = { 1, 4, 8, 128, 1 };
static void *(*lookup)(void *, const void *) = (void *)1;
int state = 4;
__attribute__((noinline)) int add(int a) { return a + state; }
SEC("socket") int filter(void *skb) { unsigned k = 1; long *v = lookup(&hits, &k); if (v) *v += 1; return add(k); }
"#;
    let Some(object) = clang("names", source, &["--target=bpf", "-mcpu=v3"]) else {
        return;
    };
    let all = text(&object, &Options::default());
    for line in [
        "  hits  hash  4 bytes  8 bytes  128          NO_PREALLOC\n",
        "add:  # global subprogram, verified by itself, ",
        "socket: socket_filter program, context struct __sk_buff in r1\n\nfilter:  # ",
        "state ll                         # in .data\n",
        "  call add\n",
        "  state;  # at 0, 4 bytes\n",
    ] {
        assert!(all.contains(line), "no {line:?} in\n{all}");
    }
}

/// Definitions in the order of the alphabet, without what stands around them and the declarations that come before.
fn definitions(text: &str) -> BTreeSet<String> {
    let is_about_types = |line: &&str| !line.starts_with('#');
    let lines: Vec<&str> = text.lines().filter(is_about_types).collect();
    let lines = lines.join("\n");
    let blocks = lines.split("\n\n").map(str::trim);
    let is_declaration = |block: &&str| {
        let declares = |line: &str| line.starts_with("struct ") || line.starts_with("union ");
        block
            .lines()
            .all(|line| declares(line) && line.ends_with(';'))
    };
    blocks
        .filter(|block| !is_declaration(block))
        .map(str::to_owned)
        .collect()
}

#[test]
fn types_are_those_that_bpftool_sees() {
    let Some(bpftool) = find("bpftool", "bpftool") else {
        return;
    };
    let scratch = Scratch::new("bpftool");
    let samples = programs(&[
        "samples",
        "tests/filetests/objdump",
        "tests/filetests/linux",
    ]);
    let samples = samples.iter().filter_map(|path| compile(path, Cpu::V4));
    let clang = clang("types", PROGRAM, &["--target=bpf", "-g"]);
    let mut count = 0;
    for object in samples.chain(clang).filter(|object| object.btf.is_some()) {
        let bytes = elf::write(&object).expect("an object can be written");
        let path = scratch.file("prog.o", &bytes);
        let dump = ["btf", "dump", "file"];
        let theirs = run(Command::new(&bpftool)
            .args(dump)
            .arg(path)
            .args(["format", "c"]));
        let ours = text(&object, &parts(&[Part::Types]));
        let ours = definitions(ours.strip_prefix("Types\n").unwrap_or(&ours));
        assert_eq!(ours, definitions(&theirs));
        count += ours.len();
    }
    assert!(count > 30, "only {count} types were compared");
}

#[test]
fn an_object_that_libbpf_linked_is_understood() {
    let Some(bpftool) = find("bpftool", "bpftool") else {
        return;
    };
    let scratch = Scratch::new("linked");
    let object = compile(&root("tests/filetests/objdump/program.c"), Cpu::V3).expect("it compiles");
    let bytes = elf::write(&object).expect("an object can be written");
    let (input, output) = (scratch.file("one.o", &bytes), scratch.0.join("all.o"));
    run(Command::new(bpftool)
        .args(["gen", "object"])
        .args([&output, &input]));
    let linked = elf::read(&fs::read(output).expect("bpftool wrote it")).expect("an object");
    let code = parts(&[Part::Maps, Part::Code]);
    assert_eq!(text(&linked, &code), text(&object, &code));
}

// Broken objects.

/// Cases of an ordinary run: some seconds without optimisation.
const CASES: u64 = 1500;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Numbers at which something ends.
const EDGES: [u32; 8] = [
    0,
    1,
    7,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff8,
    0xffff_fffe,
    u32::MAX,
];

fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    let (at, other) = (random.below(bytes.len()), random.below(bytes.len()));
    match random.below(8) {
        0 => bytes.truncate(at),
        1 | 2 => {
            let edge = EDGES[random.below(EDGES.len())].to_le_bytes();
            let end = (at + 4).min(bytes.len());
            bytes[at..end].copy_from_slice(&edge[..end - at]);
        }
        3 => {
            let len = random.below(64).min(bytes.len() - at.max(other));
            let from = bytes[other..other + len].to_vec();
            bytes[at..at + len].copy_from_slice(&from);
        }
        4 => bytes[at] = random.next() as u8,
        _ => bytes[at] ^= 1 << random.below(8),
    }
}

/// Everything, in all forms.
fn dump(bytes: &[u8]) -> Result<(), String> {
    let object = elf::read(bytes).map_err(|error| error.to_string())?;
    let everything = [
        Part::Summary,
        Part::Sections,
        Part::Symbols,
        Part::Relocations,
        Part::Maps,
        Part::Externs,
        Part::Code,
        Part::Core,
        Part::Data,
        Part::Types,
    ];
    let options = Options {
        source: true,
        bytes: true,
        relocations: true,
        ..parts(&everything)
    };
    let plain = Options {
        plain: true,
        dialect: bpfcc::Dialect::Bpf64,
        ..options.clone()
    };
    for options in [&options, &plain] {
        objdump::text(&object, options).map_err(|error| error.to_string())?;
        objdump::json(&object, options).map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[test]
fn broken_objects_get_an_answer() {
    let directories = ["samples", "tests/filetests/objdump", "tests/filetests/core"];
    let objects = programs(&directories);
    let objects: Vec<Object> = objects
        .iter()
        .filter_map(|path| compile(path, Cpu::V4))
        .collect();
    let bytes = |object: &Object| elf::write(object).expect("an object can be written");
    // With the types in the other byte order, and the code wrong.
    let big = |object: &Object| Object {
        endian: Endian::Big,
        ..object.clone()
    };
    let files: Vec<Vec<u8>> = objects
        .iter()
        .flat_map(|object| [bytes(object), bytes(&big(object))])
        .collect();
    for file in &files {
        dump(file).expect("these are whole");
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first: u64 = number("HOSTILE_FIRST").unwrap_or(0);
    let cases = number("HOSTILE_CASES").unwrap_or(CASES);
    let mut read = 0;
    for case in first..first + cases {
        let mut random = Random(case);
        let mut bytes = files[random.below(files.len())].clone();
        for _ in 0..=random.below(4) {
            if !bytes.is_empty() {
                mutate(&mut random, &mut bytes);
            }
        }
        let answer = catch_unwind(AssertUnwindSafe(|| dump(&bytes)));
        assert!(answer.is_ok(), "case {case} panics");
        read += usize::from(answer.is_ok_and(|answer| answer.is_ok()));
    }
    assert!(
        cases < CASES || read > 100,
        "only {read} objects were shown"
    );
}

// The command.

fn bpfcc(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bpfcc"))
        .arg("objdump")
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // Best effort: it may end without reading it.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn sample() -> Vec<u8> {
    let object = compile(&root("samples/dropmon.bpf.c"), Cpu::V3).expect("it compiles");
    elf::write(&object).expect("an object can be written")
}

#[test]
fn what_is_no_object_is_refused() {
    let own = fs::read(env!("CARGO_BIN_EXE_bpfcc")).expect("it is there");
    let rows: [(&[u8], &str); 4] = [
        (b"", "`-` is no BPF object file"),
        (b"int x;", "`-` is no BPF object file"),
        (&own, "`-` is no BPF object file: the file is for machine"),
        (&sample()[..200], "`-` is no BPF object file"),
    ];
    for (bytes, message) in rows {
        let result = bpfcc(&["-"], bytes);
        assert_eq!(result.status.code(), Some(1));
        assert!(stderr(&result).contains(message), "{}", stderr(&result));
        assert_eq!(stdout(&result), "");
    }
    let missing = bpfcc(&["no/such/file.o"], b"");
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("cannot read `no/such/file.o`"));
    assert_eq!(bpfcc(&[], b"").status.code(), Some(2));
}

#[test]
fn options_choose_what_is_shown() {
    let sample = sample();
    let show = |args: &[&str]| {
        let result = bpfcc(&[args, &["-"]].concat(), &sample);
        assert_eq!(result.status.code(), Some(0), "{}", stderr(&result));
        stdout(&result)
    };
    let source = "; dropmon.bpf.c:22  if (cnt)\n";
    let bytes = "    1:  7b 1a f8 ff 00 00 00 00  *(u64 *)(r10 - 8) = r1\n";
    let title = |text: &str| text.lines().next().map(str::to_owned).unwrap_or_default();
    assert!(show(&["-S"]).contains(source));
    assert!(!show(&["-d"]).contains(source));
    assert!(show(&["-d", "--bytes"]).contains(bytes));
    assert!(show(&["-d", "-r"]).contains("R_BPF_64_64  drops\n"));
    assert!(show(&["-d", "--plain"]).contains("  call 1\n"));
    assert!(show(&["-d", "--asm=gnu"]).contains("  mov %r2,%fp\n"));
    assert!(show(&["-d", "--dialect=bpf64"]).contains("  std -8(r10), r1\n"));
    assert_eq!(title(&show(&["--maps"])), "Maps");
    assert_eq!(title(&show(&["-H"])), "Sections");
    assert_eq!(title(&show(&["-t"])), "Symbols");
    assert_eq!(title(&show(&["-r"])), "Relocations");
    assert_eq!(title(&show(&["--btf"])), "Types");
    assert_eq!(show(&["--core"]), "");
    let license = show(&["--section", "license"]);
    assert!(license.starts_with("license: data, 4 bytes\n  char LICENSE[4] = \"GPL\";"));
    let function = show(&["--function=dropmon"]);
    assert!(
        function.starts_with("raw_tracepoint/kfree_skb: raw_tracepoint program for kfree_skb, ")
    );
    assert!(!show(&[]).contains('\u{1b}'), "a pipe is no terminal");
    assert!(show(&["--color=always"]).contains("\u{1b}[1mMaps\u{1b}[0m"));
    let json: Value = serde_json::from_str(&show(&["--json"])).expect("JSON");
    assert_eq!(json["maps"][0]["max_entries"], 4096);
    assert_eq!(json["functions"][0]["program_type"], "raw_tracepoint");
    let json: Value = serde_json::from_str(&show(&["--json", "-r"])).expect("JSON");
    assert_eq!(json["sections"][0]["relocations"][0]["symbol"], "drops");
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let result = bpfcc(&["--function=dropman", "-"], &sample());
    assert_eq!(result.status.code(), Some(1));
    let message = "bpfcc: `-`: there is no function `dropman`; there are dropmon\n";
    assert_eq!(stderr(&result), message);
}

#[test]
fn one_bad_file_does_not_hide_the_others() {
    let scratch = Scratch::new("several");
    let good = scratch.file("good.o", &sample());
    let bad = scratch.file("bad.o", b"bad");
    let [good, bad] = [good, bad].map(|path| path.to_str().expect("a plain path").to_owned());
    let result = bpfcc(&["--maps", &bad, &good], b"");
    assert_eq!(result.status.code(), Some(1));
    assert!(stderr(&result).contains("bad.o` is no BPF object file"));
    assert!(
        stdout(&result).contains("good.o <==\nMaps\n"),
        "{}",
        stdout(&result)
    );
}
