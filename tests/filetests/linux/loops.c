// Bounded loops and bpf_loop with a callback, before Linux's checker.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static int table[32];
struct state { long sum; int last; };

static long step(__u32 index, void *data)
{
	struct state *state = data;
	state->sum += index;
	state->last = index;
	return state->sum > 1000;
}
SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	struct state state = {};
	char text[16];
	int sum = 0;

	for (int i = 0; i < 32; i++)
		table[i] += i;
	for (unsigned i = 0; i < sizeof text; i++)
		text[i] = i * 3;
	for (int i = 0; i < 8; i++) {
		if (table[i] == 5)
			continue;
		if (table[i] > 50)
			break;
		sum += text[i] + text[15 - i];
	}
	bpf_loop(100, step, &state, 0);
	return sum + state.sum + state.last;
}
char license[] SEC("license") = "GPL";
