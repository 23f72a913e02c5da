// Maps of maps: a lookup gives a map, which helpers take like any other.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} small SEC(".maps"), other SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, __u32);
	__array(values, struct inner);
} by_index SEC(".maps") = { .values = { [0] = &small, [2] = &other } };
struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, __u32);
	__array(values, struct inner);
} by_key SEC(".maps") = { .values = { [1] = &other } };

static long put(void *map, __u32 key, __u64 value)
{
	return map ? bpf_map_update_elem(map, &key, &value, BPF_ANY) : -1;
}
long put_by_index(__u32 index, __u32 key, __u64 value)
{
	return put(bpf_map_lookup_elem(&by_index, &index), key, value);
}
long put_by_key(__u32 name, __u32 key, __u64 value)
{
	return put(bpf_map_lookup_elem(&by_key, &name), key, value);
}
__u64 get(__u32 index, __u32 key)
{
	void *map = bpf_map_lookup_elem(&by_index, &index);
	__u64 *found = map ? bpf_map_lookup_elem(map, &key) : 0;
	return found ? *found : 0;
}
// run: put_by_index(0, 1, 10) == 0
// run: put_by_index(1, 1, 10) == -1
// run: put_by_index(2, 1, 20) == 0
// run: put_by_index(2, 2, 20) == -7
// run: put_by_index(3, 1, 10) == -1
// run: put_by_key(1, 0, 30) == 0
// run: put_by_key(0, 0, 30) == -1
// run: get(2, 0) == 30
// run: get(2, 1) == 20
// map: small[0] == 0
// map: small[1] == 10
// map: other[0] == 30
// map: other[1] == 20
