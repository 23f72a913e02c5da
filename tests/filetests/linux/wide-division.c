// A 128-bit division before Linux's checker: a loop of 128 rounds without a branch in them.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static unsigned long seen[2];

// Nanoseconds times a frequency may need more than 64 bits before they are divided.
unsigned long scaled(unsigned long ns, unsigned long hz)
{
	return (unsigned __int128)ns * hz / 1000000007;
}
long rest(long a, long b) { return ((__int128)a << 40) % b; }
SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	seen[0] = scaled(ctx->args[0], ctx->args[1]);
	seen[1] = rest(ctx->args[0], ctx->args[1]);
	return 0;
}
char license[] SEC("license") = "GPL";
// run: scaled(123456789012345678,2400000000) == 296296291555555586
// run: scaled(5,6) == 0
// run: rest(-123456789012,1000003) == -960774
// run: rest(123456789012345,-987654321098) == 292247911806
