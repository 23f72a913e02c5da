// A lock in a map's value, held over two counters that must agree.
// kernel: 5.10
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 2
// lab: map counters 0 == 1

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct pair {
	long first, second;
	struct bpf_spin_lock lock;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, struct pair);
} counters SEC(".maps");

SEC("tc")
int program(struct __sk_buff *ctx)
{
	int key = 0, sum;
	struct pair *pair = bpf_map_lookup_elem(&counters, &key);

	if (!pair)
		return -1;
	bpf_spin_lock(&pair->lock);
	pair->first++;
	pair->second++;
	sum = pair->first + pair->second;
	bpf_spin_unlock(&pair->lock);
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
