// Maps within a map, the inner ones by their definition.
// kernel: 5.10
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 1
// lab: map inner_b 0 == 5

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, long);
} inner_a SEC(".maps"), inner_b SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, int);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = {&inner_a, &inner_b},
};

SEC("xdp")
int program(struct xdp_md *ctx)
{
	int key = 1, zero = 0;
	void *inner = bpf_map_lookup_elem(&outer, &key);
	long *value;

	if (!inner)
		return 0;
	value = bpf_map_lookup_elem(inner, &zero);
	if (!value)
		return 0;
	*value = 5;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
