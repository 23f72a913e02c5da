// Within the kernel's source tree types and registers have shorter names.
// flags: --target=linux
// headers: bpfcc's alone
#define __KERNEL__
#include <uapi/linux/bpf.h>
#include <uapi/linux/ptrace.h>
#include <linux/socket.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

SEC("kprobe/x") int entered(struct pt_regs *ctx)
{
    u32 family = PT_REGS_PARM1(ctx);
    bool known = family == AF_INET6 || family == PF_UNIX;
    return known && ctx->di == family && (uint8_t)ctx->ip != 0;
}

char LICENSE[] SEC("license") = "GPL";
