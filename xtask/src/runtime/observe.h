/* Values that must be the same natively and in BPF. */
#ifdef __bpf__
extern void observe(unsigned long long value);
#else
#include <stdio.h>
static void observe(unsigned long long value)
{
	printf("observe 0x%llx\n", value);
}
#endif
