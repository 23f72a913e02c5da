// Longest prefix match: routes of an address.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct key { __u32 length; __u8 address[4]; };
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 3);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct key);
	__type(value, __u32);
} routes SEC(".maps");

static struct key key(__u32 length, __u32 address)
{
	struct key key = { length, { address >> 24, address >> 16, address >> 8, address } };
	return key;
}
long add(__u32 length, __u32 address, __u32 value, __u64 flags)
{
	struct key k = key(length, address);
	return bpf_map_update_elem(&routes, &k, &value, flags);
}
__u32 route(__u32 length, __u32 address)
{
	struct key k = key(length, address);
	__u32 *found = bpf_map_lookup_elem(&routes, &k);
	return found ? *found : 0;
}
long drop(__u32 length, __u32 address)
{
	struct key k = key(length, address);
	return bpf_map_delete_elem(&routes, &k);
}
// run: add(8, 0x0a000000, 8, 0) == 0
// run: add(16, 0x0a010000, 16, 1) == 0
// run: add(16, 0x0a010000, 16, 1) == -17
// run: add(33, 0x0a010000, 16, 0) == -22
// run: add(24, 0x0a010200, 24, 2) == -2
// run: add(24, 0x0a010200, 24, 0) == 0
// run: add(32, 0x0a010203, 32, 0) == -28
// run: route(32, 0x0a010203) == 24
// run: route(32, 0x0a010303) == 16
// run: route(32, 0x0a020303) == 8
// run: route(32, 0x0b020303) == 0
// run: drop(24, 0x0a010200) == 0
// run: drop(24, 0x0a010200) == -2
// run: route(32, 0x0a010203) == 16
