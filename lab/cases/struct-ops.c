// A congestion control of TCP, written in BPF and used by a connection.
// kernel: 6.1
// needs: jit
// lab: attach
// lab: trigger tcp 3
// lab: var started >= 3

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

long started;

SEC("struct_ops/start")
void BPF_PROG(start, struct sock *socket)
{
	__sync_fetch_and_add(&started, 1);
}

SEC("struct_ops/threshold")
__u32 BPF_PROG(threshold, struct sock *socket)
{
	return 2;
}

SEC("struct_ops/undo")
__u32 BPF_PROG(undo, struct sock *socket)
{
	return 10;
}

SEC("struct_ops/avoid")
void BPF_PROG(avoid, struct sock *socket, __u32 acknowledged, __u32 count)
{
}

SEC(".struct_ops")
struct tcp_congestion_ops laboratory = {
	.init = (void *)start,
	.ssthresh = (void *)threshold,
	.undo_cwnd = (void *)undo,
	.cong_avoid = (void *)avoid,
	.name = "bpfcc_lab",
};

char LICENSE[] SEC("license") = "GPL";
