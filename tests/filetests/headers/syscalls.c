// Arguments of system calls, in registers that a wrapper of the kernel may have put aside.
// flags: --target=linux
#define __TARGET_ARCH_x86
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

SEC("ksyscall/kill") int BPF_KSYSCALL(killed, int pid, int signal)
{
    return pid + signal;
}

char LICENSE[] SEC("license") = "GPL";
