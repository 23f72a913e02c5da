// Maps with a value for each processor; the program sees that of the one it runs on, 0, and may look at the others.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} array SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 2);
	__type(key, __u16);
	__type(value, __u64);
} hash SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} recent SEC(".maps");

int count(__u32 key)
{
	__u32 *found = bpf_map_lookup_elem(&array, &key);
	if (!found)
		return -1;
	*found += key + 1;
	return *found;
}
// run: count(1) == 2
// run: count(1) == 4
// run: count(2) == -1
// map: array[0] == 0
// map: array[1] == 4

long put(__u16 key, __u64 value, __u64 flags)
{
	return bpf_map_update_elem(&hash, &key, &value, flags);
}
// run: put(1, 10, 2) == -2
// run: put(1, 10, 1) == 0
// run: put(1, 11, 1) == -17
// run: put(1, 12, 2) == 0
// run: put(2, 20, 0) == 0
// run: put(3, 30, 0) == -7
// run: put(3, 30, 4) == -22
// map: hash[1] == 12
// map: hash[2] == 20
// map: hash[3] == none

__u64 seen_by(__u16 key, __u32 cpu)
{
	__u64 *found = bpf_map_lookup_percpu_elem(&hash, &key, cpu);
	return found ? *found : 77;
}
// run: seen_by(1, 0) == 12
// run: seen_by(1, 3) == 0
// run: seen_by(1, 4) == 77
// run: seen_by(9, 0) == 77

long visit(__u32 key)
{
	__u64 one = 1, *found = bpf_map_lookup_elem(&recent, &key);
	if (found)
		return *found += 1;
	return bpf_map_update_elem(&recent, &key, &one, BPF_ANY);
}
// run: visit(1) == 0
// run: visit(2) == 0
// run: visit(1) == 2
// run: visit(3) == 0
// map: recent[1] == 2
// map: recent[2] == none
// map: recent[3] == 1
