// Records of different size through the ring buffer: reserved and submitted, discarded, and copied.
// kernel: 5.10
// lab: attach
// lab: trigger unlink 6
// lab: records events >= 12

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024);
} events SEC(".maps");

struct event {
	__u64 time;
	__u32 process;
	char name[16];
};

SEC("kprobe/vfs_unlink")
int on_unlink(struct pt_regs *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	struct event *thrown_away;
	__u64 small = 1;

	if (!event)
		return 0;
	event->time = bpf_ktime_get_ns();
	event->process = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->name, sizeof(event->name));
	bpf_ringbuf_submit(event, 0);
	thrown_away = bpf_ringbuf_reserve(&events, sizeof(*thrown_away), 0);
	if (thrown_away)
		bpf_ringbuf_discard(thrown_away, 0);
	bpf_ringbuf_output(&events, &small, sizeof(small), 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
