// The same without a trap: a trampoline calls the program, with the function's arguments typed by BTF.
// kernel: 5.10
// needs: jit
// only: amd64
// lab: attach
// lab: trigger mkdir 4
// lab: var entered >= 4
// lab: var left >= 4
// lab: var mode == 0700

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

long entered, left, mode;

SEC("fentry/do_sys_openat2")
int BPF_PROG(on_open, int directory, const char *name, struct open_how *how)
{
	return 0;
}

SEC("fentry/security_path_mkdir")
int BPF_PROG(on_mkdir, const struct path *directory, struct dentry *entry, unsigned short how)
{
	__sync_fetch_and_add(&entered, 1);
	mode = how & 0777;
	return 0;
}

SEC("fexit/security_path_mkdir")
int BPF_PROG(after_mkdir, const struct path *directory, struct dentry *entry, unsigned short how, int result)
{
	if (!result)
		__sync_fetch_and_add(&left, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
