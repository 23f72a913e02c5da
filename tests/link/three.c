// A second program in the section of the first, a weak function that comes too late, and one that is hidden.
#include "link.h"

extern int total;

static volatile const char digits[] = "0123456789";

static __noinline int step(int x)
{
	return digits[x & 7];
}

__weak __noinline int scale(int x)
{
	return x * 1000;
}

__hidden __noinline int secret(int x)
{
	return x * 1000000;
}

SEC("tc") int other(void *ctx)
{
	return step(5) + total + scale(2);
}

char _license[] SEC("license") = "GPL";
