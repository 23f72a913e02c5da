// Records for the user side: a ring buffer, with records written in place or copied.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct event { __u64 id; __u32 kind; };
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

int send(__u64 id, int keep)
{
	struct event *event = bpf_ringbuf_reserve(&ring, sizeof *event, 0);
	if (!event)
		return -1;
	event->id = id;
	event->kind = 3;
	if (keep)
		bpf_ringbuf_submit(event, 0);
	else
		bpf_ringbuf_discard(event, 0);
	return 0;
}
long copy(__u64 id, __u64 flags) { return bpf_ringbuf_output(&ring, &id, sizeof id, flags); }
long ask(__u64 what) { return bpf_ringbuf_query(&ring, what); }
long too_big(void) { return bpf_ringbuf_reserve(&ring, 5000, 0) != 0; }
long wrong_flags(void) { return bpf_ringbuf_reserve(&ring, 8, 1) != 0; }
// run: send(7, 1) == 0
// run: send(8, 0) == 0
// run: copy(9, 0) == 0
// run: copy(9, 1) == 0
// run: copy(9, 4) == -22
// run: ask(0) == 80
// run: ask(1) == 4096
// run: ask(3) == 80
// run: too_big() == 0
// run: wrong_flags() == 0
// map: ring[0] == 7
// map: ring[1] == 9
// map: ring[2] == 9
// map: ring[3] == none

