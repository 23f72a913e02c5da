// Types of a map definition, as libbpf reads them.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct event { __u32 pid; char comm[16]; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct event);
} events SEC(".maps");
SEC("raw_tracepoint/sys_enter")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = ctx->args[0];

	return bpf_map_delete_elem(&events, &key);
}
/*~ btf
*/
