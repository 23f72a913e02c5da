// A canary: what it expects is not true, so the laboratory must say that it failed.
// kernel: 5.10
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 1

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int program(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
