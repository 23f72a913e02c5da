// Tail calls: on to another program with the same context, and back to whoever called this one; 33 of them at most.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct ctx { __u64 args[12]; };
int first(struct ctx *ctx), again(struct ctx *ctx), deep(struct ctx *ctx);
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(__u32));
	__array(values, int (struct ctx *));
} programs SEC(".maps") = {
	.values = { [0] = (void *) &first, [1] = (void *) &again, [2] = (void *) &deep },
};
__u64 rounds;

SEC("raw_tracepoint/first") int first(struct ctx *ctx)
{
	volatile __u64 kept = ctx->args[1];
	bpf_tail_call(ctx, &programs, ctx->args[0]);
	return 1000 + kept;
}
SEC("raw_tracepoint/again") int again(struct ctx *ctx)
{
	rounds++;
	bpf_tail_call(ctx, &programs, 1);
	return rounds + ctx->args[1];
}
static __noinline int below(struct ctx *ctx, __u64 a, __u64 b)
{
	bpf_tail_call(ctx, &programs, 3);
	return ctx->args[1] + a * b;
}
SEC("raw_tracepoint/deep") int deep(struct ctx *ctx)
{
	__u64 two = ctx->args[2], three = two + 1;
	int result = below(ctx, two, three);
	return result + two + three;
}
char license[] SEC("license") = "GPL";
// run: first(args[0] = 3, args[1] = 5) == 1005
// run: first(args[0] = 9, args[1] = 5) == 1005
// run: first(args[0] = 1, args[1] = 500) == 533
// run: again(args[1] = 0) == 67
// run: first(args[0] = 2, args[1] = 100, args[2] = 2) == 111
// run: deep(args[1] = 100, args[2] = 2) == 111
