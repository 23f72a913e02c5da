// Variables: constant, initialised, zero, in sections of their own, arrays and static ones.
// kernel: 5.10
// lab: attach
// lab: trigger getppid 3
// lab: var sum >= 66
// lab: var table+2 >= 3
// lab: var custom == 77
// lab: var initialised == 5

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile int constant = 22;
long initialised = 5;
static long hidden = 1;
long sum, table[4];
long custom SEC(".data.lab") = 70;
static const char text[] = "laboratory";

SEC("raw_tracepoint/sys_enter")
int on_call(void *ctx)
{
	sum += constant;
	table[2] += hidden;
	if (custom < 77)
		custom += sizeof(text) > 10 ? 7 : 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
