// An iterator over all tasks prints a line for each.
// kernel: 5.10
// lab: iterate print_task laboratory-1

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

SEC("iter/task")
int print_task(struct bpf_iter__task *ctx)
{
	struct seq_file *file = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	static const char format[] = "laboratory-%d %s\n";
	__u64 arguments[2];

	if (!task)
		return 0;
	arguments[0] = task->tgid;
	arguments[1] = (long)task->comm;
	bpf_seq_printf(file, format, sizeof(format), arguments, sizeof(arguments));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
