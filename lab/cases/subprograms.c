// Functions: static ones, a global one that the kernel checks by itself, pointers to the caller's stack, many arguments.
// kernel: 5.10
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 63

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __noinline int add(const int *values, int count)
{
	int sum = 0;

	for (int i = 0; i < 4; i++)
		if (i < count)
			sum += values[i];
	return sum;
}

static __noinline int seven(int a, int b, int c, int d, int e, int f, int g)
{
	return a + b + c + d + e + f + g;
}

__noinline int global(int value)
{
	return value * 2;
}

SEC("xdp")
int program(struct xdp_md *ctx)
{
	int values[4] = {1, 2, 3, 4};

	return add(values, 3) + seven(1, 2, 3, 4, 5, 6, 7) + global(14) + 1;
}

char LICENSE[] SEC("license") = "GPL";
