// A security module in BPF, asked about each new folder.
// kernel: 5.10
// needs: jit
// only: amd64
// lab: attach
// lab: trigger mkdir 3
// lab: var asked >= 3

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

long asked;

SEC("lsm/path_mkdir")
int BPF_PROG(on_mkdir, const struct path *directory, struct dentry *entry, unsigned short mode, int result)
{
	__sync_fetch_and_add(&asked, 1);
	return result;
}

char LICENSE[] SEC("license") = "GPL";
