// Samples through the buffer of perf, one per processor.
// kernel: 5.10
// lab: listen events
// lab: attach
// lab: trigger unlink 6
// lab: samples >= 6

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} events SEC(".maps");

SEC("kprobe/vfs_unlink")
int on_unlink(struct pt_regs *ctx)
{
	struct {
		__u64 time;
		__u32 process, padding;
	} sample = {bpf_ktime_get_ns(), bpf_get_current_pid_tgid() >> 32, 0};

	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &sample, sizeof(sample));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
