// Types of the running kernel: a packet that is dropped says how long it is, wherever its kernel keeps that.
// kernel: 5.10
// lab: attach
// lab: trigger drop 5
// lab: var drops >= 5
// lab: var bytes >= 85

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

long drops, bytes;

SEC("tp_btf/kfree_skb")
int BPF_PROG(on_drop, struct sk_buff *packet, void *location)
{
	__sync_fetch_and_add(&drops, 1);
	__sync_fetch_and_add(&bytes, packet->len);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
