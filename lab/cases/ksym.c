// Variables and functions of the kernel by name, with their types, and weak ones that are not there.
// kernel: 5.10
// lab: attach
// lab: trigger getppid 1
// lab: var jiffies_read >= 1
// lab: var address_known == 1
// lab: var missing == 1

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern const void vfs_unlink __ksym;
extern const int bpfcc_laboratory __ksym __weak;

long jiffies_read, address_known, missing;

SEC("raw_tracepoint/sys_enter")
int on_call(void *ctx)
{
	jiffies_read = bpf_jiffies64() != 0;
	address_known = &vfs_unlink != 0;
	missing = &bpfcc_laboratory == 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
