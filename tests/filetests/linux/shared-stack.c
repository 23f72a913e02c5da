// Variables that are not needed at the same time share their room: together these take more than a frame.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __always_inline int length(void *from)
{
	char text[200] = {};
	bpf_probe_read_kernel(text, sizeof(text), from);
	return text[0];
}

int branches(int which)
{
	if (which) {
		char text[300];
		bpf_get_current_comm(text, sizeof(text));
		return text[0];
	} else {
		char text[300];
		bpf_get_current_comm(text, sizeof(text));
		return text[1];
	}
}

// These are needed at the same time, and small enough for that.
static __attribute__((noinline)) int together(int x)
{
	volatile int first[40], second[40];
	first[3] = x;
	second[3] = 2 * x;
	return first[3] + second[3];
}
int both(int x)
{
	return together(x);
}
// run: both(4) == 12

// What one round writes, the next reads.
int rounds(int x)
{
	volatile int first[35] = {}, second[35] = {};
	for (int i = 0; i < 4; i++) {
		if (i & 1)
			first[2] += x;
		else
			second[2] += x + first[2];
	}
	return first[2] * 100 + second[2];
}
// run: rounds(1) == 203

SEC("raw_tracepoint/sys_enter")
int sequence(struct bpf_raw_tracepoint_args *ctx)
{
	int sum = length((void *)ctx->args[0]);
	sum += length((void *)ctx->args[1]);
	sum += length((void *)ctx->args[1] + 8);
	return sum + length((void *)ctx->args[0] + 8);
}

SEC("raw_tracepoint/sys_exit")
int others(struct bpf_raw_tracepoint_args *ctx)
{
	return branches(ctx->args[1] & 1) + both(ctx->args[1]);
}

char _license[] SEC("license") = "GPL";
