// Globals in .data, .bss and .rodata, strings, subprograms of both kinds, before Linux's checker.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
int data = 5, bss, table[8] = { 1, 2, 3 };
const int limit = 7;
const volatile int config = 3;
static const char *const names[] = { "zero", "one" };
static struct { int a; long b; } pair = { 1, 2 };
struct args { int a, b; };

__attribute__((noinline)) int global_sum(int a, long b) { return a + b + data; }
__attribute__((noinline)) int global_memory(struct args *p) { return p ? p->a * p->b : -1; }
static __attribute__((noinline)) int local_sum(int *a, long b) { *a += 1; return *a + b; }

SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	int x = ctx->args[0];
	struct args args = { x, limit };

	bss += config;
	data = global_sum(x, pair.b) + local_sum(&x, bss) + global_memory(&args);
	table[x & 7] += limit;
	pair.a++;
	bpf_printk("data %d of %s", data, "text");
	return table[data & 7];
}
char license[] SEC("license") = "GPL";
