// The definition of a map that is elsewhere: keys and values are described as whole as in the definition itself.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct key { __u32 cpu; };
extern struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, struct key);
	__type(value, __u32);
} events SEC(".maps");
SEC("tc")
int prog(void *ctx)
{
	struct key key = {1};

	return bpf_map_delete_elem(&events, &key);
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] PTR '(anon)' type_id=0
[3] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[4] STRUCT '(anon)' size=32 vlen=4
	'type' type_id=5 bits_offset=0
	'max_entries' type_id=7 bits_offset=64
	'key' type_id=9 bits_offset=128
	'value' type_id=13 bits_offset=192
[5] PTR '(anon)' type_id=6
[6] ARRAY '(anon)' type_id=3 index_type_id=1 nr_elems=1
[7] PTR '(anon)' type_id=8
[8] ARRAY '(anon)' type_id=3 index_type_id=1 nr_elems=16
[9] PTR '(anon)' type_id=10
[10] STRUCT 'key' size=4 vlen=1
	'cpu' type_id=11 bits_offset=0
[11] TYPEDEF '__u32' type_id=12
[12] INT 'unsigned int' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[13] PTR '(anon)' type_id=11
[14] FUNC_PROTO '(anon)' ret_type_id=3 vlen=1
	'ctx' type_id=2
[15] FUNC 'prog' type_id=14 linkage=global
[16] VAR 'events' type_id=4, linkage=extern
[17] DATASEC '.maps' size=0 vlen=1
	type_id=16 offset=0 size=32 (VAR 'events')

section 'tc'
	0: func type_id=15
	0: line extern-map.c:14:13 '	struct key key = {1};'
	16: line extern-map.c:16:9 '	return bpf_map_delete_elem(&events, &key);'
*/
