// Members of the kernel's records, where libbpf finds them in the running kernel.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct mm_struct { struct { unsigned long arg_start; }; };
struct task_struct { int pid; struct mm_struct *mm; char comm[16]; unsigned sched_reset_on_fork : 1; };
struct task_struct___long_ago { long state; };
enum pid_type { PIDTYPE_PID, PIDTYPE_SID };
#pragma clang attribute pop

#define READ(into, from) bpf_probe_read_kernel(&(into), sizeof(into), __builtin_preserve_access_index(&(from)))
long seen[8];

SEC("tp_btf/sched_switch") int on_switch(unsigned long long *ctx)
{
	struct task_struct *next = (void *)ctx[2];
	struct task_struct___long_ago *old = (void *)next;
	struct mm_struct *mm;

	seen[0] = next->pid;
	seen[1] = next->comm[3] + next->sched_reset_on_fork;
	READ(mm, next->mm);
	if (mm)
		READ(seen[2], mm->arg_start);
	if (__builtin_preserve_field_info(old->state, 2))
		READ(seen[3], old->state);
	seen[4] = __builtin_preserve_type_info(*(struct task_struct *)0, 1);
	seen[5] = __builtin_preserve_enum_value(*(enum pid_type *)PIDTYPE_SID, 1);
	seen[6] = __builtin_btf_type_id(*(struct task_struct *)0, 1);
	return 0;
}
char _license[] SEC("license") = "GPL";
