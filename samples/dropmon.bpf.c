// Drop monitor, in libbpf style: the program of dropmon.c as Linux takes it today.
//
// bpfcc run samples/dropmon.bpf.c --events 1000        in the bundled runtime, without privileges
// bpfcc samples/dropmon.bpf.c -o dropmon.bpf.o         then, as root: bpftool prog load dropmon.bpf.o /sys/fs/bpf/dropmon

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} drops SEC(".maps");

SEC("raw_tracepoint/kfree_skb")
int dropmon(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 loc = ctx->args[1], one = 1;
	__u64 *cnt = bpf_map_lookup_elem(&drops, &loc);

	if (cnt)
		__sync_fetch_and_add(cnt, 1);
	else
		bpf_map_update_elem(&drops, &loc, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
