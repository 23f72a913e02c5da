// A system call by name, whatever the kernel calls its function; libbpf fills in what it knows of the kernel.
// kernel: 5.10
// lab: attach
// lab: trigger mkdir 4
// lab: var calls >= 4
// lab: var mode == 0700

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

extern const volatile bool LINUX_HAS_SYSCALL_WRAPPER __kconfig;

long calls, mode;

SEC("ksyscall/mkdirat")
int BPF_KSYSCALL(on_mkdir, int directory, const char *name, unsigned short how)
{
	__sync_fetch_and_add(&calls, 1);
	mode = how;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
