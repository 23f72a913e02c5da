//! `vmlinux.h` without a file: the types of a kernel from its BTF.
//!
//! Most tests use a kernel of their own, a few types in C. Compiled it is the file with the BTF; as it is, it is the
//! header that a program must see no difference to.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bpfcc::kernel::TypesFile;
use bpfcc::stages::{self, Stage};
use bpfcc::{Options, compile_text, render};
use bpfcc_object::btf::{self, BtfType};

/// The types of a small kernel, with everything that makes a layout unusual.
const TYPES: &str = r#"
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef _Bool bool;
struct task;
typedef int (*callback_t)(struct task *, void *);
typedef struct { int counter; } atomic_t;
enum state { RUNNING, SLEEPING = 5, GONE = -3 };
enum hint { HINT_NONE, HINT_SOME } __attribute__((mode(byte)));
enum wide { WIDE = 0x123456789abcULL };
struct page;
struct mm { u64 pgd; struct page *pages[3]; struct task *owner; };
struct files { int count; struct page *page; };
struct packed { u8 kind; u32 value; u16 rest; } __attribute__((packed));
struct bits { u32 a : 3; u32 : 7; u32 b : 12; u64 c : 40; bool d : 1; u8 e; };
struct packed_bits { u8 kind; u32 a : 30; u32 b : 30; } __attribute__((packed));
struct aligned { u8 first; u8 second __attribute__((aligned(64))); } __attribute__((aligned(64)));
struct gap { u32 value; u16 half; u8 odd[3] __attribute__((aligned(16))); };
union either { u64 number; u8 bytes[12]; struct mm *mm; };
struct task {
	volatile long state;
	int pid;
	const char *const name;
	struct { struct mm *mm; struct files *files; };
	union { u32 inner; struct { u16 low, high; } halves; } one;
	enum { FIRST, SECOND } which;
	enum hint hint;
	u8 behind;
	enum wide wide;
	atomic_t usage;
	callback_t callback;
	int (*(*table)[4])(struct page *, const struct files *, ...);
	struct task *(*parent)(struct task *);
	u16 matrix[2][3];
	struct bits bits;
	struct packed packed;
	struct packed_bits packed_bits;
	struct aligned aligned;
	struct gap gap;
	union either either;
	enum state last;
	struct page *end[];
};
#pragma clang attribute pop
"#;

/// A directory of its own for a test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path =
            std::env::temp_dir().join(format!("bpfcc-vmlinux-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("disk space");
        path
    }

    /// The small kernel as an object file.
    fn kernel(&self) -> PathBuf {
        let object = compile(
            "kernel.c",
            &format!(
                "{TYPES}\nstruct task init_task;\nstruct mm init_mm;\nstruct files init_files;\n"
            ),
            &Options::default(),
        );
        self.write("kernel.o", object)
    }

    /// Options with the small kernel's BTF.
    fn with_btf(&self) -> Options {
        types_from(&self.kernel())
    }

    /// Options with the small kernel's header.
    fn with_header(&self, text: &str) -> Options {
        self.write("vmlinux.h", text);
        let mut options = Options::default();
        options
            .frontend
            .preprocessor
            .include_dirs
            .push(self.0.clone());
        options
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn types_from(path: &Path) -> Options {
    let mut options = Options::default();
    options.frontend.kernel_types = Some(Arc::new(TypesFile::new(path)));
    options
}

fn try_compile(name: &str, text: &str, options: &Options) -> Result<Vec<u8>, String> {
    let compilation = compile_text(name, text, options);
    let messages = compilation.diagnostics.iter();
    let messages: Vec<String> = messages
        .map(|message| render::diagnostic(&compilation.sources, message, false))
        .collect();
    let compiled = compilation.result.ok_or_else(|| messages.join("\n"))?;
    Ok(compiled.to_elf().expect("an object can be written"))
}

fn compile(name: &str, text: &str, options: &Options) -> Vec<u8> {
    try_compile(name, text, options).unwrap_or_else(|messages| panic!("{messages}"))
}

/// The program behind the preprocessor.
fn preprocessed(text: &str, options: &Options) -> String {
    let text = stages::text("p.c", text, options, &Stage::Plain);
    text.result.expect("no errors")
}

#[test]
fn only_what_a_program_uses_is_declared() {
    let scratch = Scratch::new("uses");
    let options = scratch.with_btf();
    let text = preprocessed(
        "#include <vmlinux.h>\nint f(struct task *t) { return t->pid; }\n",
        &options,
    );
    assert!(text.contains("struct task {"), "{text}");
    assert!(text.contains("struct mm;"), "{text}");
    assert!(
        !text.contains("struct mm {"),
        "nobody looks behind `mm`: {text}"
    );
    let text = preprocessed(
        "#include <vmlinux.h>\nint f(struct task *t) { return t->mm->pgd; }\n",
        &options,
    );
    assert!(text.contains("struct mm {"), "{text}");
    assert!(!text.contains("struct files {"), "{text}");
    let text = preprocessed("#include <vmlinux.h>\nu16 x = SLEEPING;\n", &options);
    assert!(
        text.contains("typedef short unsigned int u16;")
            || text.contains("typedef unsigned short u16;"),
        "{text}"
    );
    assert!(text.contains("SLEEPING = 5"), "{text}");
    assert!(!text.contains("struct"), "{text}");
}

#[test]
fn a_program_does_not_see_the_difference_to_a_header() {
    let program = r#"
#include "vmlinux.h"
#define OFFSET(member) __builtin_offsetof(struct task, member)
u64 sizes[] = {
	sizeof(struct task), sizeof(struct mm), sizeof(struct packed), sizeof(struct bits), sizeof(struct packed_bits),
	sizeof(struct aligned), sizeof(struct gap), sizeof(union either), sizeof(enum hint), sizeof(enum wide), sizeof(atomic_t),
};
u64 offsets[] = {
	OFFSET(files), OFFSET(one.halves.high), OFFSET(which), OFFSET(hint), OFFSET(behind), OFFSET(wide), OFFSET(callback),
	OFFSET(matrix), OFFSET(bits), OFFSET(packed.rest), OFFSET(aligned.second), OFFSET(gap.odd), OFFSET(last), OFFSET(end),
};
u64 constants[] = { SLEEPING, GONE, HINT_SOME, WIDE, SECOND };
__attribute__((section("fentry/f")))
int f(u64 *args)
{
	struct task *t = (void *)args[0];
	if (t->last == GONE || t->which == SECOND)
		return t->callback != 0;
	return t->mm->owner->files->count + t->bits.a + t->bits.b + t->bits.c + t->bits.d + t->packed_bits.b
		+ t->matrix[1][2] + t->one.halves.high + (long)t->parent + (long)t->table + (long)t->name + t->usage.counter;
}
"#;
    let scratch = Scratch::new("difference");
    let (from_btf, from_header) = (scratch.with_btf(), scratch.with_header(TYPES));
    assert!(
        compile("p.c", program, &from_btf) == compile("p.c", program, &from_header),
        "{}",
        preprocessed(program, &from_btf)
    );
}

#[test]
fn a_file_wins_over_the_types() {
    let scratch = Scratch::new("wins");
    let mut options = scratch.with_header("typedef struct { int x[25]; } u16;\n");
    options.frontend.kernel_types = scratch.with_btf().frontend.kernel_types;
    let text = preprocessed("#include \"vmlinux.h\"\nu16 x;\n", &options);
    assert!(text.contains("x[25]"), "{text}");
}

#[test]
fn macros_decide_what_the_header_declares() {
    let scratch = Scratch::new("macros");
    let options = scratch.with_btf();
    let program = "#include \"vmlinux.h\"\n#include \"vmlinux.h\"\nint f(struct task *t) { return t->pid; }\n";
    assert!(preprocessed(program, &options).contains("preserve_access_index"));
    let without = format!("#define BPF_NO_PRESERVE_ACCESS_INDEX\n{program}");
    assert!(!preprocessed(&without, &options).contains("preserve_access_index"));
    let names = "#include \"vmlinux.h\"\n#define TYPE struct mm\n#define MEMBER files\n";
    let hidden = format!(
        "{names}int f(struct task *t) {{ TYPE m; return t->MEMBER->count + sizeof(m); }}\n"
    );
    compile("p.c", &hidden, &options);
}

#[test]
fn without_types_the_message_says_how_to_get_some() {
    let program = "#include \"vmlinux.h\"\nint x;\n";
    let message = try_compile("p.c", program, &Options::default()).unwrap_err();
    assert!(
        message.contains("cannot find the header `vmlinux.h`"),
        "{message}"
    );
    assert!(message.contains("--btf FILE"), "{message}");
    assert!(message.contains("bpftool btf dump file"), "{message}");

    let scratch = Scratch::new("bad");
    for (bytes, reason) in [
        (&b"no types at all"[..], "the magic number is"),
        (b"", "the section ends"),
        (b"\x7fELF and no more", "ELF"),
    ] {
        let bad = scratch.write("bad", bytes);
        let message = try_compile("p.c", program, &types_from(&bad)).unwrap_err();
        assert!(message.contains("p.c:1:10"), "{message}");
        assert!(
            message.contains("cannot take the kernel's types from"),
            "{message}"
        );
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn messages_name_the_header_that_is_not_there() {
    let scratch = Scratch::new("names");
    let program =
        "#include \"vmlinux.h\"\nstruct task { int x; };\nint f(struct task *t) { return t->x; }\n";
    let message = try_compile("p.c", program, &scratch.with_btf()).unwrap_err();
    assert!(
        message.contains("`struct task` is defined twice"),
        "{message}"
    );
    assert!(message.contains("vmlinux.h (from BTF):"), "{message}");
}

#[test]
fn the_command_takes_a_file_and_names_none_that_does_not_exist() {
    let scratch = Scratch::new("command");
    let kernel = scratch.kernel();
    let program = scratch.write(
        "p.c",
        "#include \"vmlinux.h\"\nint f(struct task *t) { return t->pid; }\n",
    );
    let run = |arguments: &[&str], variable: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bpfcc"));
        command
            .arg(&program)
            .args(arguments)
            .current_dir(&scratch.0);
        let output = command.env("VMLINUX_BTF", variable).output();
        output.expect("the command runs")
    };
    let nowhere = Path::new("/nonexistent");
    let by_option = run(&["--btf", "kernel.o", "-o", "-"], nowhere);
    assert!(by_option.status.success(), "{by_option:?}");
    let by_variable = run(&["-o", "-"], &kernel);
    assert_eq!(by_option.stdout, by_variable.stdout);
    assert!(!run(&["-o", "-"], nowhere).status.success());
    let rule = run(&["--M", "--btf", "kernel.o"], nowhere).stdout;
    let rule = String::from_utf8(rule).expect("text");
    assert!(
        rule.contains("p.c") && !rule.contains("vmlinux.h"),
        "{rule}"
    );
}

/// The running kernel's types as they are in the file.
fn running_kernel() -> Option<(PathBuf, Vec<u8>)> {
    let path = PathBuf::from("/sys/kernel/btf/vmlinux");
    match std::fs::read(&path) {
        Ok(bytes) => Some((path, bytes)),
        Err(error) => {
            eprintln!("skipped: {}: {error}", path.display());
            None
        }
    }
}

#[test]
fn layouts_of_the_running_kernel_are_those_of_its_btf() {
    let Some((path, bytes)) = running_kernel() else {
        return;
    };
    const NAMES: [&str; 14] = [
        "task_struct",
        "mm_struct",
        "inode",
        "dentry",
        "file",
        "sk_buff",
        "sock",
        "tcp_sock",
        "net_device",
        "request",
        "bpf_prog",
        "page",
        "cgroup",
        "request_queue",
    ];
    let mut program = String::from("#include <vmlinux.h>\n");
    let types = btf::read(&bytes).expect("a kernel's BTF");
    let mut checks = 0;
    for (_, ty) in types.iter() {
        let BtfType::Struct {
            name,
            size,
            members,
        } = ty
        else {
            continue;
        };
        if !NAMES.contains(&name.as_str()) {
            continue;
        }
        let mut check = |what: String, value: u32| {
            checks += 1;
            writeln!(program, "_Static_assert({what} == {value}, \"{name}\");").expect("memory");
        };
        check(format!("sizeof(struct {name})"), *size);
        for member in members
            .iter()
            .filter(|member| member.bit_size == 0 && !member.name.is_empty())
        {
            let what = format!("__builtin_offsetof(struct {name}, {})", member.name);
            check(what, member.bit_offset / 8);
        }
    }
    assert!(checks > 100, "only {checks} checks");
    compile("p.c", &program, &types_from(&path));
}

#[test]
fn a_program_for_the_running_kernel_is_the_same_with_the_header_of_bpftool() {
    let Some((path, _)) = running_kernel() else {
        return;
    };
    let dump = Command::new("bpftool")
        .args(["btf", "dump", "file"])
        .arg(&path)
        .args(["format", "c"])
        .output();
    let Some(header) = dump.ok().filter(|dump| dump.status.success()) else {
        eprintln!("skipped: bpftool is not installed");
        return;
    };
    let program = r#"
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, u32); __type(value, u64); __uint(max_entries, 64); } counts SEC(".maps");
SEC("tp_btf/sched_switch")
int on_switch(u64 *args)
{
	struct task_struct *previous = (void *)args[1];
	u32 pid = previous->tgid;
	u64 one = previous->mm ? previous->mm->pgd->pgd : previous->real_parent->start_time;
	bpf_map_update_elem(&counts, &pid, &one, BPF_ANY);
	return 0;
}
SEC("fentry/tcp_connect")
int on_connect(u64 *args)
{
	struct tcp_sock *tcp = (void *)args[0];
	struct sock *sock = (void *)args[0];
	return sock->__sk_common.skc_dport + tcp->snd_cwnd + (sock->__sk_common.skc_family == 2 ? IPPROTO_TCP : 0);
}
"#;
    let scratch = Scratch::new("bpftool");
    let header = String::from_utf8(header.stdout).expect("text");
    let from_header = compile("p.c", program, &scratch.with_header(&header));
    assert!(compile("p.c", program, &types_from(&path)) == from_header);
}
