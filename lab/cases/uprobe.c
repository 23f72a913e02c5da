// A probe on a function of a program, found by name in its file, with its argument and its result.
// kernel: 5.10
// lab: attach
// lab: trigger uprobe 3
// lab: var calls == 3
// lab: var argument == 41
// lab: var result == 42

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

long calls, argument, result;

SEC("uprobe//init:lab_probe_me")
int BPF_UPROBE(on_call, int number)
{
	calls++;
	argument = number;
	return 0;
}

SEC("uretprobe//init:lab_probe_me")
int BPF_URETPROBE(on_return, int number)
{
	result = number;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
