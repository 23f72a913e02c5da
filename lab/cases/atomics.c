// Atomic operations that return the old value.
// kernel: 5.12
// flags: -mcpu=v3
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 1
// lab: var results+0 == 10
// lab: var results+1 == 15
// lab: var results+2 == 99
// lab: var results+3 == 1
// lab: var counter == 7

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

long counter = 10, results[4];

SEC("xdp")
int program(struct xdp_md *ctx)
{
	results[0] = __sync_fetch_and_add(&counter, 5);
	results[1] = __atomic_exchange_n(&counter, 99, __ATOMIC_SEQ_CST);
	results[2] = __sync_val_compare_and_swap(&counter, 99, 7);
	results[3] = __sync_bool_compare_and_swap(&counter, 7, 7);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
