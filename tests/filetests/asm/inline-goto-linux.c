// `asm goto` in a program for Linux: on each way out the checker knows what the text tested.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static unsigned char table[16] = {[3] = 42};

SEC("raw_tracepoint/kfree_skb")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	unsigned long index = ctx->args[1];

	asm volatile goto("if %[index] > %[last] goto %l[outside]"
			  :
			  : [index] "r"(index), [last] "i"(sizeof(table) - 1)
			  :
			  : outside);
	return table[index];
outside:
	return -1;
}
// run: prog(args[1] = 3) == 42
// run: prog(args[1] = 16) == -1
char LICENSE[] SEC("license") = "GPL";
