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
global @hits ".maps" map global size 32 align 8

fn @prog(v0: ptr.ctx) -> i32 section "raw_tracepoint/sys_enter" {
    slot s0: 4 align 4 "key"
b0:
    v1: i32 = const 0
    v2: ptr.stack = slot_addr s0+0
    store.u32 v2+0, v1
    v3: ptr.map = global_addr @hits+0
    v4: ptr.stack = slot_addr s0+0
    v5: ptr.map_value_or_null = call helper 1(v3, v4)
    v6: ptr.map_value_or_null = const 0
    branch v5 ne v6, b2, b1
b1:
    v7: i32 = const 1
    return v7
b2:
    v8: ptr.map_value = refine v5 ne v6
    v9: i64 = load.u64 v0+8
    v10: i64 = load.u64 v8+0
    v11: i64 = add v10, v9
    store.u64 v8+0, v11
    v12: i32 = const 0
    return v12
}
*/
