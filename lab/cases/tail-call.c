// A chain of programs through a program array that is filled by its definition.
// kernel: 5.10
// lab: run first ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 3
// lab: var path == 321

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int first(struct xdp_md *ctx);
int second(struct xdp_md *ctx);
int third(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 3);
	__uint(key_size, sizeof(__u32));
	__array(values, int (struct xdp_md *));
} programs SEC(".maps") = {
	.values = {[1] = (void *)&second, [2] = (void *)&third},
};

long path;

SEC("xdp")
int first(struct xdp_md *ctx)
{
	path = 1;
	bpf_tail_call(ctx, &programs, 1);
	return 0;
}

SEC("xdp")
int second(struct xdp_md *ctx)
{
	path += 20;
	bpf_tail_call(ctx, &programs, 2);
	return 0;
}

SEC("xdp")
int third(struct xdp_md *ctx)
{
	path += 300;
	bpf_tail_call(ctx, &programs, 0 * 3 + 7);
	return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
