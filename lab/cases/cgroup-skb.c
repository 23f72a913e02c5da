// What control groups send: counted by length, and let through.
// kernel: 5.10
// lab: attach-cgroup on_send
// lab: trigger drop 5
// lab: var packets >= 5
// lab: var bytes >= 185

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

long packets, bytes;

SEC("cgroup_skb/egress")
int on_send(struct __sk_buff *packet)
{
	__sync_fetch_and_add(&packets, 1);
	__sync_fetch_and_add(&bytes, packet->len);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
