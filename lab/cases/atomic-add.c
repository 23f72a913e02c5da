// An addition whose old value nobody wants: the plain atomic add, which all kernels know, at every -mcpu.
// kernel: 5.10
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 1
// lab: var counter == 3

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

long counter;

SEC("xdp")
int program(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&counter, 1);
	(void)__sync_fetch_and_add(&counter, 1);
	__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
