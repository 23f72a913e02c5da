// Arguments in the caller's frame, structs by value and 128-bit integers, before Linux's checker.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct pair { long a, b; };
struct large { long v[4]; };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

static __attribute__((noinline)) long add(long a, char b, int c, long d, __u64 *e, long f, struct pair *g)
{
	g->a += f;
	*e += c;
	return a + b + c + d + *e + g->b;
}
static __attribute__((noinline)) struct pair swapped(struct pair p) { return (struct pair){ p.b, p.a }; }
static __attribute__((noinline)) long total(struct large l) { return l.v[0] + l.v[3]; }
static __attribute__((noinline)) unsigned __int128 product(unsigned __int128 a, unsigned __int128 b, long c) { return a * b + c; }
static __attribute__((noinline)) int both(struct pair p, int x) { return p.a + p.b * x; }

SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&values, &key);
	long a = ctx->args[0], b = ctx->args[1];
	struct pair p = { a, b };
	struct large l = { { a, b, a, b } };

	if (!value)
		return 0;
	long r = add(a, b, 3, 4, value, a, &p);
	p = swapped(p);
	r += total(l) + p.a + both(p, 7);
	r += product(a, b, r) >> 64;
	__u64 low;
	r += __builtin_mul_overflow(*value, (__u64)r, &low);
	return r + low;
}
char license[] SEC("license") = "GPL";
