// The program; what it uses is in the other files, but for what is static.
#include "link.h"

extern int total;
extern int add(int x, struct whole *whole);
extern int secret(int x);
extern struct {
	int (*type)[2];
	int (*max_entries)[1];
	int *key;
	long *value;
} values __attribute__((section(".maps")));

static volatile int count = 3;

static __noinline int step(int x)
{
	return x * 2 + count;
}

// The first of two weak ones, and one that is weaker than that of two.c.
__weak __noinline int scale(int x)
{
	return x * 10;
}

__weak __noinline int strong(int x)
{
	return x;
}

SEC("tc") int prog(void *ctx)
{
	int key = 0;
	long *value = bpf_map_lookup_elem(&values, &key);

	if (!value)
		return -1;
	*value += 5;
	total += 1;
	return step(1) + add(2, 0) + scale(1) + strong(1) + secret(1) + total + *value;
}

char _license[] SEC("license") = "GPL";
