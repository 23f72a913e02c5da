// <bpf/bpf_tracing.h>: parameters by name instead of a context.
// flags: --target=linux
#define __TARGET_ARCH_x86
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

struct sk_buff;
struct wide { long a, b; };

SEC("raw_tp/kfree_skb") int BPF_PROG(freed, struct sk_buff *skb, void *location)
{
    return location != skb;
}

SEC("fentry/x") int BPF_PROG(nothing)
{
    return ctx[0] != 0;
}

SEC("fentry/y") int BPF_PROG2(by_value, int, a, struct wide, w, char, c)
{
    return a + w.a + w.b + c;
}

SEC("kprobe/do_unlinkat") int BPF_KPROBE(unlink, int dfd, const char *name)
{
    return dfd + (name != 0) + PT_REGS_IP(ctx);
}

SEC("kretprobe/do_unlinkat") int BPF_KRETPROBE(unlinked, long result)
{
    return result;
}

SEC("kprobe/registers") int registers(struct pt_regs *ctx)
{
    long sum = PT_REGS_PARM1(ctx) + PT_REGS_PARM2(ctx) + PT_REGS_PARM3(ctx) + PT_REGS_PARM4(ctx) + PT_REGS_PARM5(ctx);
    sum += PT_REGS_RET(ctx) + PT_REGS_FP(ctx) + PT_REGS_RC(ctx) + PT_REGS_SP(ctx) + PT_REGS_IP(ctx);
    sum += PT_REGS_PARM1_CORE(ctx) + PT_REGS_RC_CORE(ctx) + PT_REGS_IP_CORE(ctx);
    sum += PT_REGS_PARM1_SYSCALL(ctx) + PT_REGS_PARM4_CORE_SYSCALL(ctx) + PT_REGS_PARM4_SYSCALL(ctx);
    sum += (long)PT_REGS_SYSCALL_REGS(ctx);
    unsigned long address;
    BPF_KPROBE_READ_RET_IP(address, ctx);
    BPF_KRETPROBE_READ_RET_IP(address, ctx);
    return sum + address;
}

char LICENSE[] SEC("license") = "GPL";
