// Moves and comparisons of a length with a bound, as loops, before Linux's checker.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static char data[80] = "a text that is moved", other[64] = "a text that is moved too";

static __attribute__((noinline)) long sum(void)
{
	long sum = 0;

	for (int i = 0; i < 80; i++)
		sum = sum * 3 + data[i];
	return sum;
}
static void moved(char *to, char *from, unsigned long n) { __builtin_memmove(to, from, n); }
long up(unsigned long n, unsigned long by)
{
	if (n >= 32 || by >= 16)
		return 0;
	moved(data + by, data, n);
	return sum();
}
long down(unsigned long n, unsigned long by)
{
	if (n >= 32 || by >= 16)
		return 0;
	__builtin_memmove(data, data + by, n);
	return sum();
}
int compare(unsigned long n)
{
	int order = n < 64 ? __builtin_memcmp(data, other, n) : 0;

	return (order > 0) - (order < 0);
}
int differ(unsigned long n)
{
	if (n < 64 && __builtin_memcmp(data, other, n))
		return 1;
	return 0;
}
static void shifted(char *to, char *from) { __builtin_memmove(to, from, 40); }
long written_out(unsigned long by)
{
	if (by >= 16)
		return 0;
	shifted(data + by, data + 3);
	return sum();
}
SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	return compare(ctx->args[1]) + differ(ctx->args[0]) + up(ctx->args[0], 5) + written_out(ctx->args[1]);
}
char license[] SEC("license") = "GPL";
// run: up(0,0) == 1690059541918876370
// run: up(20,5) == 8072179888248943466
// run: up(31,1) == -2958673075570674343
// run: down(20,5) == 5835965895179706933
// run: down(31,15) == -2972754083270383440
// run: compare(9) == -1
// run: compare(30) == -1
// run: compare(0) == 0
// run: differ(63) == 1
// run: differ(1) == 1
// run: written_out(0) == -1908970365148538310
// run: written_out(9) == 2001732348664030333
