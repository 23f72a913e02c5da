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
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] STRUCT 'inner_map' size=32 vlen=4
	'type' type_id=3 bits_offset=0
	'max_entries' type_id=3 bits_offset=64
	'key' type_id=6 bits_offset=128
	'value' type_id=9 bits_offset=192
[3] PTR '(anon)' type_id=4
[4] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=1
[5] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[6] PTR '(anon)' type_id=7
[7] STRUCT 'key' size=2 vlen=1
	'k' type_id=8 bits_offset=0
[8] INT 'short' size=2 bits_offset=0 nr_bits=16 encoding=SIGNED
[9] PTR '(anon)' type_id=10
[10] STRUCT 'value' size=16 vlen=2
	'a' type_id=5 bits_offset=0
	'next' type_id=9 bits_offset=64
[11] STRUCT 'outer_map' size=24 vlen=4
	'type' type_id=12 bits_offset=0
	'max_entries' type_id=3 bits_offset=64
	'key' type_id=14 bits_offset=128
	'values' type_id=15 bits_offset=192
[12] PTR '(anon)' type_id=13
[13] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=12
[14] PTR '(anon)' type_id=5
[15] ARRAY '(anon)' type_id=16 index_type_id=1 nr_elems=0
[16] PTR '(anon)' type_id=2
[17] PTR '(anon)' type_id=18
[18] STRUCT 'xdp_md' size=24 vlen=6
	'data' type_id=19 bits_offset=0
	'data_end' type_id=19 bits_offset=32
	'data_meta' type_id=19 bits_offset=64
	'ingress_ifindex' type_id=19 bits_offset=96
	'rx_queue_index' type_id=19 bits_offset=128
	'egress_ifindex' type_id=19 bits_offset=160
[19] TYPEDEF '__u32' type_id=20
[20] INT 'unsigned int' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[21] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'p' type_id=14
[22] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'ctx' type_id=17
[23] FUNC 'weak_and_hidden' type_id=21 linkage=global
[24] FUNC 'prog' type_id=22 linkage=global
[25] VAR 'inner' type_id=2, linkage=global
[26] VAR 'outer' type_id=11, linkage=global
[27] DATASEC '.maps' size=64 vlen=2
	type_id=25 offset=0 size=32 (VAR 'inner')
	type_id=26 offset=32 size=32 (VAR 'outer')

section '.text'
	0: func type_id=23
	0: line map-names.c:15:54 '__weak __hidden int weak_and_hidden(int *p) { return *p; }'
section 'xdp'
	0: func type_id=24
	0: line map-names.c:16:47 'SEC("xdp") int prog(struct xdp_md *ctx) { int x = 2; return weak_and_hidden(&x); }'
*/
