//! cilium/ebpf, the loader in Go, reads and loads every object, and bpf2go compiles with `-cc bpfcc`.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::corpus;
use crate::libbpf::bpf_works;
use crate::peers::{Scratch, run, skipped};
use crate::support::{Limits, bpfcc, clang_object, repository};

/// Debian's packages of Go lie there.
const GO_PACKAGES: &str = "/usr/share/gocode";
const PACKAGE: &str = "github.com/cilium/ebpf";

/// Those of version 0.9.1, as Debian 12 has it.
const LIMITS: [(&str, &str); 6] = [
    ("reference to .ksyms", "it knows no kernel functions"),
    (
        "reference to .kconfig",
        "it knows no values of the kernel's configuration",
    ),
    (
        "string is not stack allocated",
        "it wants strings on the stack",
    ),
    (
        "unsupported binding: STB_WEAK",
        "it calls no weak functions",
    ),
    ("unknown kind: Unknown (18)", "it knows no `btf_type_tag`"),
    (
        "unknown kind: Unknown (19)",
        "it cannot read a kernel's types that have enumerations of 64 bits",
    ),
];

#[test]
fn cilium_ebpf_takes_the_corpus() {
    let scratch = Scratch::new("cilium");
    let source = repository().join("tests/loaders/cilium/load.go");
    let Some(loader) = go_build(&source.display().to_string(), &scratch) else {
        return;
    };
    let loads = bpf_works();
    let mut cases = corpus::cases(&repository());
    let legacy = repository().join("tests/loaders/programs/legacy.c");
    cases.extend(corpus::every_way(&legacy));
    let objects: Vec<PathBuf> = (0..cases.len())
        .map(|number| scratch.0.join(format!("{number}.o")))
        .collect();
    for (case, object) in cases.iter().zip(&objects) {
        std::fs::write(object, case.object()).expect("disk space");
    }
    let verdicts = |objects: &[PathBuf]| {
        let mut command = Command::new(&loader);
        if !loads {
            command.arg("-parse");
        }
        run(command.args(objects))
    };
    let ours = verdicts(&objects);
    assert_eq!(ours.lines().count(), cases.len(), "{ours}");
    let limits = Limits::new(&LIMITS);
    for (case, verdict) in cases.iter().zip(ours.lines()) {
        if verdict == "loaded" {
            continue;
        }
        assert!(limits.explain(verdict), "{case}: {verdict}");
        if clang_object(&case.source, &scratch).is_some() {
            let theirs = verdicts(&[scratch.0.join("clang.o")]);
            assert_ne!(
                theirs.trim(),
                "loaded",
                "{case}: {verdict}, but not for Clang's object"
            );
        }
    }
    if loads {
        limits.assert_all_met();
    }
}

const PROGRAM: &str = r#"#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
struct event { __u32 pid; __u8 comm[16]; enum kind { FIRST, SECOND } kind; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct event);
} events SEC(".maps");
const volatile __u32 limit = 5;
SEC("tracepoint/sched/sched_switch")
int on_switch(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid();
	struct event event = { .pid = pid, .kind = SECOND };
	return pid < limit ? 0 : bpf_map_update_elem(&events, &pid, &event, BPF_ANY);
}
char _license[] SEC("license") = "GPL";
"#;

#[test]
fn bpf2go_compiles_with_bpfcc() {
    let scratch = Scratch::new("bpf2go");
    let Some(bpf2go) = go_build(&format!("{PACKAGE}/cmd/bpf2go"), &scratch) else {
        return;
    };
    std::fs::write(scratch.0.join("program.c"), PROGRAM).expect("disk space");
    let mut command = Command::new(bpf2go);
    command.current_dir(&scratch.0).env("GOPACKAGE", "main");
    command.arg("-cc").arg(bpfcc());
    command.args(
        "-no-strip -target amd64 -type event -makebase . Program program.c -- -Wall -Werror"
            .split(' '),
    );
    run(&mut command);
    let written = |name: &str| std::fs::read_to_string(scratch.0.join(name)).expect(name);
    let code = written("program_bpfel_x86.go");
    for expected in [
        "OnSwitch",
        "Events",
        "type ProgramEvent struct",
        "Comm [16]uint8",
    ] {
        assert!(code.contains(expected), "no `{expected}` in\n{code}");
    }
    assert!(written("program_bpfel_x86.go.d").contains("program.c"));
}

/// Builds a Go program with Debian's packages alone.
fn go_build(what: &str, scratch: &Scratch) -> Option<PathBuf> {
    let program = scratch.0.join("program");
    let output = go(scratch)
        .args(["build", "-o"])
        .arg(&program)
        .arg(what)
        .output();
    match output {
        Ok(Output { status, .. }) if status.success() => Some(program),
        Ok(output) if String::from_utf8_lossy(&output.stderr).contains("cannot find package") => {
            skipped("cilium/ebpf is not installed (package golang-github-cilium-ebpf-dev)");
            None
        }
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            skipped("Go is not installed (package golang-go)");
            None
        }
    }
}

fn go(scratch: &Scratch) -> Command {
    let mut command = Command::new("go");
    let caches = [
        ("GOCACHE", scratch.0.join("cache")),
        ("GOPATH", GO_PACKAGES.into()),
    ];
    command
        .envs(caches)
        .env("GO111MODULE", "off")
        .env("GOFLAGS", "");
    command
}
