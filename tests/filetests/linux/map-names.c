// Maps whose definitions have names: what they hold is described whole all the same.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct value { int a; struct value *next; };
struct key { short k; };
struct inner_map { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, struct key); __type(value, struct value); };
struct outer_map {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, int);
	__array(values, struct inner_map);
};
struct inner_map inner SEC(".maps");
struct outer_map outer SEC(".maps") = { .values = { &inner } };
__weak __hidden int weak_and_hidden(int *p) { return *p; }
SEC("xdp") int prog(struct xdp_md *ctx) { int x = 2; return weak_and_hidden(&x); }
