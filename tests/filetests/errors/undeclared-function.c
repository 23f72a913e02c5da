// A call to a function that nothing declares is not guessed to return `int`.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("raw_tracepoint/kfree_skb")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	return bpf_map_lookup_element(ctx, ctx) != 0; //~ error: `bpf_map_lookup_element`
}
