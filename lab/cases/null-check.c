// A value of a map is used without asking whether it is there: the kernel must refuse that.
// kernel: 5.10
// lab: refuse map_value_or_null

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, long);
} values SEC(".maps");

SEC("xdp")
int program(struct xdp_md *ctx)
{
	int key = 1;

	return *(long *)bpf_map_lookup_elem(&values, &key);
}

char LICENSE[] SEC("license") = "GPL";
