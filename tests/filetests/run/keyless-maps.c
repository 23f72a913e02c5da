// Queue, stack and Bloom filter: values without keys.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 2);
	__type(value, __u32);
} queue SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 2);
	__type(value, __u32);
} stack SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 100);
	__type(value, __u32);
	__uint(map_extra, 3);
} seen SEC(".maps");

long push(__u32 value, __u64 flags)
{
	return bpf_map_push_elem(&queue, &value, flags) * 1000 + bpf_map_push_elem(&stack, &value, flags);
}
long pop(void)
{
	__u32 first = 9, last = 9;
	if (bpf_map_pop_elem(&queue, &first) || bpf_map_pop_elem(&stack, &last))
		return -1;
	return first * 10 + last;
}
long peek(void)
{
	__u32 first = 9;
	long outcome = bpf_map_peek_elem(&queue, &first);
	return outcome * 100 + first;
}
// run: peek() == -200
// run: push(1, 0) == 0
// run: push(2, 0) == 0
// run: push(3, 0) == -7007
// run: push(3, 1) == -22022
// run: push(3, 2) == 0
// run: peek() == 2
// run: pop() == 23
// run: push(4, 0) == 0
// map: queue[0] == 3
// map: queue[1] == 4
// map: queue[2] == none
// map: stack[0] == 4
// map: stack[1] == 2

long add(__u32 value) { return bpf_map_push_elem(&seen, &value, BPF_ANY); }
long has(__u32 value) { return bpf_map_peek_elem(&seen, &value); }
// run: add(5) == 0
// run: has(5) == 0
// run: has(6) == -2
