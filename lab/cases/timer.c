// A timer in a map's value, armed by a program, which counts when it expires.
// kernel: 5.15
// needs: jit
// lab: run arm ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 2
// lab: trigger sleep 5
// lab: var expired >= 1

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1

struct element {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, struct element);
} timers SEC(".maps");

long expired;

static int on_expiry(void *map, int *key, struct element *element)
{
	__sync_fetch_and_add(&expired, 1);
	return 0;
}

SEC("xdp")
int arm(struct xdp_md *ctx)
{
	int key = 0;
	struct element *element = bpf_map_lookup_elem(&timers, &key);

	if (!element || bpf_timer_init(&element->timer, &timers, CLOCK_MONOTONIC))
		return XDP_ABORTED;
	bpf_timer_set_callback(&element->timer, on_expiry);
	bpf_timer_start(&element->timer, 1000, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
