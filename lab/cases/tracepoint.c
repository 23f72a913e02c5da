// A drop monitor on the tracepoint of freed packets, which reads its event's record.
// kernel: 5.10
// lab: attach
// lab: trigger drop 5
// lab: sum drops >= 5
// lab: var total >= 5

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Documentation/trace/events.rst: the first eight bytes are the same for all events. */
struct event {
	unsigned long long common;
	void *packet;
	void *location;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, void *);
	__type(value, long);
} drops SEC(".maps");

long total;

SEC("tracepoint/skb/kfree_skb")
int on_drop(struct event *event)
{
	void *location = event->location;
	long one = 1, *count = bpf_map_lookup_elem(&drops, &location);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&drops, &location, &one, BPF_NOEXIST);
	__sync_fetch_and_add(&total, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
