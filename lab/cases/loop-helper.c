// A loop by the helper bpf_loop: the body is a function that the kernel calls.
// kernel: 5.17
// needs: jit
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 4950

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct state {
	long sum;
};

static long body(__u32 index, void *context)
{
	struct state *state = context;

	state->sum += index;
	return index == 99;
}

SEC("xdp")
int program(struct xdp_md *ctx)
{
	struct state state = {};

	bpf_loop(1000, body, &state, 0);
	return state.sum;
}

char LICENSE[] SEC("license") = "GPL";
