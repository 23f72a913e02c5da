// A bound in a map's value, checked and then used: the kernel's checker forgets it if the value is loaded again.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define LAST 96
struct event { unsigned int used; char text[128]; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, struct event); } events SEC(".maps");

SEC("raw_tracepoint/sys_enter") int prog(void *ctx)
{
	int key = 0;
	struct event *e = bpf_map_lookup_elem(&events, &key);

	if (!e || e->used > LAST)
		return 0;
	bpf_get_current_comm(&e->text[e->used], 16);
	return 0;
}
char _license[] SEC("license") = "GPL";
