// A variable without bytes still lies inside of the frame, where the kernel wants all that helpers are told to read.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tracepoint/sys_enter")
int format_nothing(void *ctx)
{
	char text[8];
	unsigned long long none[0];

	bpf_snprintf(text, sizeof(text), "no data", none, sizeof(none));
	bpf_trace_vprintk("nothing", 8, none, 0);
	return text[0];
}

char _license[] SEC("license") = "GPL";
