//! libbpf's own headers, newer than Debian's and unmodified, and the skeletons that libbpf-cargo makes with bpfcc for `clang`.

use std::process::Command;

use libbpf_cargo::SkeletonBuilder;

use crate::libbpf::{behaviour, bpf_works};
use crate::peers::{Scratch, run, skipped};
use crate::support::bpfcc;

/// Uses all headers that programs include.
const PROGRAM: &str = r#"#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");
const volatile __u32 limit = 7;
__u32 last;
__u16 swapped = bpf_htons(0x1234);

SEC("kprobe/do_unlinkat") int BPF_KPROBE(on_unlink, int dfd, struct filename *name)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 parent = BPF_CORE_READ(task, real_parent, tgid);
	__u64 one = 1;

	if (parent > limit && bpf_core_field_exists(task->pid))
		bpf_map_update_elem(&counts, &parent, &one, BPF_ANY);
	bpf_printk("%d %s", dfd, BPF_CORE_READ(name, name));
	return 0;
}
SEC("kretsyscall/close") int BPF_KRETPROBE(on_close_end, int result) { last = result; return 0; }
SEC("ksyscall/close") int BPF_KSYSCALL(on_close, int fd) { last = fd; return 0; }
SEC("tp_btf/sched_switch") int BPF_PROG(on_switch, bool preempt, struct task_struct *from, struct task_struct *to)
{
	last = to->pid;
	return 0;
}
SEC("usdt") int BPF_USDT(on_probe, long x)
{
	last = x + bpf_usdt_arg_cnt(ctx);
	return 0;
}
SEC("raw_tp/sys_enter") int on_enter(void *ctx)
{
	int i, sum = 0;

	bpf_for(i, 0, 10)
		sum += i;
	bpf_repeat(3)
		sum++;
	last = sum;
	return 0;
}
char _license[] SEC("license") = "GPL";
"#;

/// Whether there is something to make `vmlinux.h` of.
fn kernel_has_types() -> bool {
    let has = std::fs::exists("/sys/kernel/btf/vmlinux").unwrap_or(false);
    if !has {
        skipped("the kernel has no BTF, of which vmlinux.h is made");
    }
    has
}

#[test]
fn libbpf_headers_compile_unmodified() {
    if !kernel_has_types() {
        return;
    }
    let scratch = Scratch::new("headers");
    let headers = scratch.0.join("bpf");
    std::fs::create_dir(&headers).expect("a new directory");
    for (name, text) in libbpf_sys::API_HEADERS {
        std::fs::write(headers.join(name), text).expect("disk space");
    }
    let source = scratch.0.join("program.c");
    std::fs::write(&source, PROGRAM).expect("disk space");
    let bpfcc = bpfcc();
    for flags in [
        "-O0 -mcpu=v1",
        "-O2 -mcpu=v2",
        "-O2 -mcpu=v3",
        "-O2 -mcpu=v4",
    ] {
        let object = scratch.0.join("program.o");
        let mut compile = Command::new(&bpfcc);
        compile
            .args(flags.split(' '))
            .args("-g -target bpf -D__TARGET_ARCH_x86 -Werror -c".split(' '));
        compile
            .arg("-I")
            .arg(&scratch.0)
            .arg(&source)
            .arg("-o")
            .arg(&object);
        run(&mut compile);
        if bpf_works() {
            let bytes = std::fs::read(&object).expect("an object");
            let seen = behaviour(&bytes).unwrap_or_else(|why| panic!("{flags}: {why}"));
            assert_eq!(seen["program on_enter"], "returns 0");
            assert_eq!(seen["variable last"], "[30, 00, 00, 00]");
            assert_eq!(seen["variable swapped"], "[12, 34]");
        }
    }
}

#[test]
fn libbpf_cargo_makes_a_skeleton() {
    if !kernel_has_types() {
        return;
    }
    let scratch = Scratch::new("skeleton");
    let source = scratch.0.join("program.bpf.c");
    std::fs::write(&source, PROGRAM).expect("disk space");
    let skeleton = scratch.0.join("program.skel.rs");
    SkeletonBuilder::new()
        .source(&source)
        .clang(bpfcc())
        .clang_args(["-Wall", "-Werror"])
        .build_and_generate(&skeleton)
        .expect("a skeleton");
    let skeleton = std::fs::read_to_string(&skeleton).expect("a skeleton");
    for expected in [
        "struct ProgramSkel<",
        "counts",
        "on_switch",
        "pub limit: u32",
        "pub last: u32",
    ] {
        assert!(
            skeleton.contains(expected),
            "no `{expected}` in\n{skeleton}"
        );
    }
}
