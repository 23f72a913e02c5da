// A probe at the entry and one at the return of a function of the kernel.
// kernel: 5.10
// lab: attach
// lab: trigger unlink 4
// lab: var entered >= 4
// lab: var returned >= 4
// lab: var failed == 0

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

long entered, returned, failed;

SEC("kprobe/vfs_unlink")
int BPF_KPROBE(on_unlink)
{
	__sync_fetch_and_add(&entered, 1);
	return 0;
}

SEC("kretprobe/vfs_unlink")
int BPF_KRETPROBE(on_unlinked, int result)
{
	__sync_fetch_and_add(&returned, 1);
	if (result)
		__sync_fetch_and_add(&failed, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
