// A map lookup may give null: the branch refines the pointer, and the access uses the refined one.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");
SEC("raw_tracepoint/sys_enter")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&hits, &key);

	if (!value)
		return 1;
	*value += ctx->args[1];
	return 0;
}
// run: prog(args[1] = 5) == 0
// run: prog(args[1] = 7) == 0
// map: hits[0] == 12
/*~ ir
*/
