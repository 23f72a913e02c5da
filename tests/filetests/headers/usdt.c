// <bpf/usdt.bpf.h>: probes that programs contain.
// flags: --target=linux
#define __TARGET_ARCH_x86
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/usdt.bpf.h>

SEC("usdt/./urandom_read:urand:read_without_sema") int BPF_USDT(read_without, int iteration, int count, void *buffer)
{
    return iteration + count + (buffer != 0) + bpf_usdt_arg_cnt(ctx) + bpf_usdt_cookie(ctx);
}

char LICENSE[] SEC("license") = "GPL";
