// A canary: the kernel refuses it, so the laboratory must say that it failed.
// kernel: 5.10
// lab: run program - == 0

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
