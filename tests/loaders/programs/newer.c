// What programs of today's kernels are written with, and libbpf 1.1 does not know yet: loops that the kernel bounds, iterators, tagged parameters, records of
// operations, maps that are pinned, definitions of maps of old, and functions that keep their registers.
#define __TARGET_ARCH_x86
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

// Both spellings of the instruction that ends a loop at last.
#define ended_by_name                               \
	({                                          \
		__label__ ended, goes_on;           \
		_Bool more = 1;                     \
		asm volatile goto("may_goto %l[ended]" :::: ended); \
		goto goes_on;                       \
	ended:                                      \
		more = 0;                           \
	goes_on:;                                   \
		more;                               \
	})
#define ended_by_bytes                              \
	({                                          \
		__label__ ended, goes_on;           \
		_Bool more = 1;                     \
		asm volatile goto("1: .byte 0xe5; .byte 0; .long ((%l[ended] - 1b - 8) / 8) & 0xffff; .short 0" :::: ended); \
		goto goes_on;                       \
	ended:                                      \
		more = 0;                           \
	goes_on:;                                   \
		more;                               \
	})
#ifdef __BPF_FEATURE_MAY_GOTO
#define can_loop ended_by_name
#else
#define can_loop ended_by_bytes
#endif
#define cond_break                                  \
	({                                          \
		__label__ ended, goes_on;           \
		asm volatile goto("may_goto %l[ended]" :::: ended); \
		goto goes_on;                       \
	ended:                                      \
		break;                              \
	goes_on:;                                   \
	})

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__ulong(map_extra, 0);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} kept SEC(".maps");

long limit = 100, numbers[100];

SEC("raw_tp/sys_enter") int loops(void *ctx)
{
	long sum = 0, i;
	__u32 key = 1;
	__u64 value = 2;

	for (i = 0; i < limit && can_loop; i++)
		sum += i;
	for (i = 0; i < limit; i++) {
		cond_break;
		sum++;
	}
	for (i = 0; i < limit && ended_by_bytes; i++)
		sum++;
	bpf_for(i, 0, 10)
		sum += numbers[i];
	bpf_repeat(5)
		sum++;
	int *number;
	bpf_for_each(num, number, 3, 6)
		sum += *number;
	return bpf_map_update_elem(&kept, &key, &value, BPF_ANY) + sum;
}

struct pair { int a, b; };
__weak int of_context(void *ctx __arg_ctx) { return bpf_get_stackid(ctx, &kept, 0) > 0; }
__weak int of_memory(struct pair *pair __arg_nonnull) { return pair->a + pair->b; }
__weak int of_task(struct task_struct *task __arg_trusted) { return task->pid; }
__weak int of_any_task(struct task_struct *task __arg_trusted __arg_nullable) { return task ? task->tgid : 0; }
SEC("tp_btf/sched_switch") int BPF_PROG(arguments, _Bool preempt, struct task_struct *from, struct task_struct *to)
{
	struct pair pair = { from->prio, to->prio };

	return of_memory(&pair) + of_task(from) + of_any_task(to);
}

extern void *bpf_cast_to_kern_ctx(void *) __ksym __weak __attribute__((bpf_fastcall));
extern void bpf_rcu_read_lock(void) __ksym __weak;
extern void bpf_rcu_read_unlock(void) __ksym __weak;
SEC("tc") int kernel_functions(struct __sk_buff *skb)
{
	struct sk_buff *inside = bpf_cast_to_kern_ctx(skb);

	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	return inside->len;
}

SEC("struct_ops") void BPF_PROG(start, struct sock *sk) {}
SEC("struct_ops") __u32 BPF_PROG(threshold, struct sock *sk) { return 2; }
SEC("struct_ops") __u32 BPF_PROG(undo, struct sock *sk) { return 10; }
SEC("struct_ops") void BPF_PROG(avoid, struct sock *sk, __u32 ack, __u32 acked) {}
SEC(".struct_ops") struct tcp_congestion_ops still = {
	.init = (void *)start,
	.ssthresh = (void *)threshold,
	.undo_cwnd = (void *)undo,
	.cong_avoid = (void *)avoid,
	.name = "bpf_still",
};
SEC(".struct_ops.link") struct tcp_congestion_ops linked = {
	.ssthresh = (void *)threshold,
	.undo_cwnd = (void *)undo,
	.cong_avoid = (void *)avoid,
	.name = "bpf_linked",
};
char _license[] SEC("license") = "GPL";
