// Copies of a length with a bound, as loops, before Linux's checker.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static char from[64] = "a text that is copied", to[64];

static int copied(unsigned long n)
{
	int sum = 0;

	__builtin_memset(to, n, n + 1);
	__builtin_memcpy(to + 1, from, n);
	for (int i = 0; i < 64; i++)
		sum = sum * 3 + to[i];
	return sum;
}
SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	unsigned long n = ctx->args[0];
	char local[32] = {};

	if (n >= 32)
		return 0;
	__builtin_memcpy(local, from, n);
	return copied(n) + local[n];
}
long copy(unsigned long n) { return n < 63 ? copied(n) : 0; }
char license[] SEC("license") = "GPL";
// run: copy(0) == 0
// run: copy(5) == -195888381
// run: copy(30) == 1241306867
