// The stack frame of a BPF program holds 512 bytes, all variables together.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("raw_tracepoint/kfree_skb")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	char first[300] = {}, second[300] = {}; //~ error: needs 608 bytes; a BPF stack frame holds 512

	bpf_probe_read_kernel(first, sizeof(first), (void *)ctx->args[0]);
	bpf_probe_read_kernel(second, sizeof(second), (void *)ctx->args[1]);
	return first[ctx->args[2] & 0xff] + second[ctx->args[2] & 0xff];
}
/*~ diagnostics
error[stack]: the stack frame of `prog` needs 608 bytes; a BPF stack frame holds 512
 --> stack.c:7:7
  |
7 |     char first[300] = {}, second[300] = {}; //~ error: needs 608 bytes; a BPF stack frame holds 512
  |          ^^^^^            ------ `second` takes 300 bytes
  |          |
  |          `first` takes 300 bytes
  |
  = help: move large variables into a map, for example a per-CPU array with one entry
*/
