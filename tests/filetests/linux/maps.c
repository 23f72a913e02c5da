// Maps: an array with a checked index, a struct with members, a hash, before Linux's checker.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct record { __u64 count; __u32 last; __u16 flags : 3, kind : 13; char name[16]; struct { int x, y; } at[4]; };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} records SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 100);
	__type(key, struct record);
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tracepoint/sys_enter") int prog(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 zero = 0;
	struct record *r = bpf_map_lookup_elem(&records, &zero);
	unsigned long index = ctx->args[0];

	if (!r)
		return 0;
	r->count++;
	r->last = ctx->args[1];
	r->flags = 5;
	r->kind += 1;
	if (index < 4)
		r->at[index].y += r->at[index].x;
	r->name[index & 15] = 'x';
	struct record copy = *r;
	copy.count = 0;
	__u64 *found = bpf_map_lookup_elem(&counts, &copy), one = 1;
	if (found)
		__sync_fetch_and_add(found, 1);
	else
		bpf_map_update_elem(&counts, &copy, &one, BPF_ANY);
	__builtin_memset(r->name, 0, sizeof r->name);
	return __builtin_memcmp(r->name, copy.name, 16) != 0;
}
char license[] SEC("license") = "GPL";
