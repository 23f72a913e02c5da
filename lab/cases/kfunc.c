// A function of the kernel that programs may call: a task is acquired, read and released.
// kernel: 6.2
// needs: jit
// lab: attach
// lab: trigger fork 3
// lab: var found >= 3

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

long found;

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_struct *task = bpf_task_from_pid(1);

	if (!task)
		return 0;
	if (task->tgid == 1)
		__sync_fetch_and_add(&found, 1);
	bpf_task_release(task);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
