// Perf events: the buffer of this processor takes the record, others do not.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");
char LICENSE[] SEC("license") = "GPL";

SEC("raw_tracepoint/x") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 word = ctx->args[0];
	return bpf_perf_event_output(ctx, &events, ctx->args[1], &word, sizeof word);
}
// run: prog(args[0] = 5, args[1] = 0xffffffff) == 0
// run: prog(args[0] = 6, args[1] = 0) == 0
// run: prog(args[0] = 7, args[1] = 1) == -95
// run: prog(args[0] = 7, args[1] = 4) == -7
// run: prog(args[0] = 7, args[1] = 0x100000000) == -22
// map: events[0] == 5
// map: events[1] == 6
// map: events[2] == none
