// A loop that the kernel itself bounds.
// kernel: 6.9
// needs: jit
// flags: -mcpu=v4
// lab: run program ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 45

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* include/uapi/linux/bpf.h: the instruction BPF_JMP | BPF_JCOND with source 0. */
#define can_loop                                                                              \
	({                                                                                     \
		__label__ l_break, l_continue;                                                  \
		_Bool result = 1;                                                               \
		asm volatile goto("may_goto %l[l_break]" :::: l_break);                         \
		goto l_continue;                                                                \
	l_break:                                                                               \
		result = 0;                                                                     \
	l_continue:;                                                                           \
		result;                                                                         \
	})

long limit = 10;

SEC("xdp")
int program(struct xdp_md *ctx)
{
	int sum = 0;

	for (int i = 0; i < limit && can_loop; i++)
		sum += i;
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
