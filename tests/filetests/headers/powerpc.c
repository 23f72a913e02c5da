// The registers of another machine.
// flags: --target=linux
// headers: bpfcc's alone
#define __TARGET_ARCH_powerpc
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

SEC("kprobe/x") int BPF_KPROBE(entered, int a, long b)
{
    unsigned long address;
    BPF_KPROBE_READ_RET_IP(address, ctx);
    return a + b + PT_REGS_PARM8(ctx) + PT_REGS_IP(ctx) + address;
}

SEC("ksyscall/x") int BPF_KSYSCALL(called, long first, long second)
{
    return first + second;
}

char LICENSE[] SEC("license") = "GPL";
