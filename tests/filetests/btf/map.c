// Types of a map definition, as libbpf reads them.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct event { __u32 pid; char comm[16]; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct event);
} events SEC(".maps");
SEC("raw_tracepoint/sys_enter")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = ctx->args[0];

	return bpf_map_delete_elem(&events, &key);
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] STRUCT '(anon)' size=32 vlen=4
	'type' type_id=3 bits_offset=0
	'max_entries' type_id=6 bits_offset=64
	'key' type_id=8 bits_offset=128
	'value' type_id=11 bits_offset=192
[3] PTR '(anon)' type_id=4
[4] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=1
[5] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[6] PTR '(anon)' type_id=7
[7] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=16
[8] PTR '(anon)' type_id=9
[9] TYPEDEF '__u32' type_id=10
[10] INT 'unsigned int' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[11] PTR '(anon)' type_id=12
[12] STRUCT 'event' size=20 vlen=2
	'pid' type_id=9 bits_offset=0
	'comm' type_id=13 bits_offset=32
[13] ARRAY '(anon)' type_id=14 index_type_id=1 nr_elems=16
[14] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=SIGNED
[15] PTR '(anon)' type_id=16
[16] STRUCT 'bpf_raw_tracepoint_args' size=96 vlen=1
	'args' type_id=17 bits_offset=0
[17] ARRAY '(anon)' type_id=18 index_type_id=1 nr_elems=12
[18] TYPEDEF '__u64' type_id=19
[19] INT 'unsigned long long' size=8 bits_offset=0 nr_bits=64 encoding=(none)
[20] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'ctx' type_id=15
[21] FUNC 'prog' type_id=20 linkage=global
[22] VAR 'events' type_id=2, linkage=global
[23] DATASEC '.maps' size=32 vlen=1
	type_id=22 offset=0 size=32 (VAR 'events')

section 'raw_tracepoint/sys_enter'
	0: func type_id=21
	0: line map.c:14:14 '	__u32 key = ctx->args[0];'
	16: line map.c:16:9 '	return bpf_map_delete_elem(&events, &key);'
*/
