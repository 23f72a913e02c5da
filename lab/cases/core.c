// CO-RE: members that moved between kernels, bit-fields, a member that not all have, and the value of an enumerator.
// kernel: 5.10
// lab: attach
// lab: trigger getppid 3
// lab: var parent == 0
// lab: var own == 1
// lab: var has_state == 1
// lab: var flags_read >= 1

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* Before 5.14 the member was called `state`. */
struct task_struct___before_5_14 {
	volatile long state;
} __attribute__((preserve_access_index));

long parent = -1, own, has_state, flags_read;

SEC("raw_tracepoint/sys_enter")
int on_call(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct___before_5_14 *older = (void *)task;

	own = BPF_CORE_READ(task, tgid);
	parent = BPF_CORE_READ(task, real_parent, tgid);
	has_state = bpf_core_field_exists(task->__state) || bpf_core_field_exists(older->state);
	flags_read += BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork) == 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
