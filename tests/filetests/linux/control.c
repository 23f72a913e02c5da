// Nested conditions, switch, goto and clean-up functions, before Linux's checker.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static long seen, other[4];
static void leave(long *x) { seen += *x; }

static __attribute__((noinline)) long classify(long a, long b)
{
	switch (a & 15) {
	case 0:
		return b;
	case 1 ... 5:
		b += 2;
	case 7:
		b *= 3;
		break;
	case 9:
		goto out;
	default:
		b = -b;
	}
	if (b > 100) {
		if (b < 200) {
			if (a > 3 || b == 150)
				return 1;
			else if (a < -3 && b != 160)
				return 2;
		}
		return b > 1000 ? b - 1000 : 7;
	}
out:
	return a ^ b;
}
SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	long guard __attribute__((cleanup(leave))) = 1;
	long index = ctx->args[1];

	if (ctx->args[0] == 3)
		return 1;
	if (index >= 0 && index < 4)
		other[index] += classify(ctx->args[0], index);
	return classify(index, other[0]) + other[3];
}
char license[] SEC("license") = "GPL";
