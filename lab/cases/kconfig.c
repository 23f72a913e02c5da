// What the kernel was configured with, filled in by libbpf.
// kernel: 5.10
// lab: attach
// lab: trigger getppid 1
// lab: var version_good == 1
// lab: var bpf_syscall == 1
// lab: var hertz >= 100
// lab: var missing == 0

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include <stdbool.h>

extern int LINUX_KERNEL_VERSION __kconfig;
extern enum libbpf_tristate CONFIG_BPF_SYSCALL __kconfig;
extern int CONFIG_HZ __kconfig;
extern bool CONFIG_BPFCC_LABORATORY __kconfig __weak;

long version_good, bpf_syscall, hertz, missing = -1;

SEC("raw_tracepoint/sys_enter")
int on_call(void *ctx)
{
	version_good = LINUX_KERNEL_VERSION >= 0x050a00;
	bpf_syscall = CONFIG_BPF_SYSCALL == TRI_YES;
	hertz = CONFIG_HZ;
	missing = CONFIG_BPFCC_LABORATORY;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
