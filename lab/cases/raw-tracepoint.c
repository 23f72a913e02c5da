// The drop monitor on the raw tracepoint: arguments as they are passed in the kernel.
// kernel: 5.10
// lab: attach
// lab: trigger drop 5
// lab: sum drops >= 5

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u64);
} drops SEC(".maps");

SEC("raw_tracepoint/kfree_skb")
int on_drop(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 location = ctx->args[1], one = 1;
	__u64 *count = bpf_map_lookup_elem(&drops, &location);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&drops, &location, &one, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
