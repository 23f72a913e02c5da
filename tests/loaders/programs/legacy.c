// Definitions of maps as they were before BTF. libbpf refuses them since 1.0, other loaders take them still.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags; };
struct bpf_map_def counts SEC("maps") = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = 4,
	.value_size = 8,
	.max_entries = 16,
};
SEC("xdp") int prog(struct xdp_md *ctx)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&counts, &key);

	return value ? XDP_DROP : XDP_PASS;
}
char _license[] SEC("license") = "GPL";
