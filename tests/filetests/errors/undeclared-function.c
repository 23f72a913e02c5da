// A call to a function that nothing declares is not guessed to return `int`.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("raw_tracepoint/kfree_skb")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	return bpf_map_lookup_element(ctx, ctx) != 0; //~ error: `bpf_map_lookup_element`
}
/*~ diagnostics
error[undeclared-function]: `bpf_map_lookup_element` is called but not declared; C calls only what was declared before
 --> undeclared-function.c:7:9
  |
7 |     return bpf_map_lookup_element(ctx, ctx) != 0; //~ error: `bpf_map_lookup_element`
  |            ^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: did you mean `bpf_map_lookup_elem`?
  = help: include `bpf_helpers.h` for the kernel's helpers, or declare the function above its first call
*/
