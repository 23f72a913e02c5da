// A hash table that forgets: the key that was used least recently makes room for a new one.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} recent SEC(".maps");

long put(__u32 key, __u64 value, __u64 flags)
{
	return bpf_map_update_elem(&recent, &key, &value, flags);
}
__u64 get(__u32 key)
{
	__u64 *found = bpf_map_lookup_elem(&recent, &key);
	return found ? *found : 0;
}
// run: put(1, 10, 1) == 0
// run: put(2, 20, 1) == 0
// run: put(2, 20, 1) == -17
// run: get(1) == 10
// run: put(3, 30, 2) == -2
// run: put(3, 30, 0) == 0
// run: get(2) == 0
// map: recent[1] == 10
// map: recent[2] == none
// map: recent[3] == 30
