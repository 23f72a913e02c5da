// flags: --target=linux
// A table of longest prefixes needs a flag in Linux: such maps grow by one element at a time.
#include <linux/bpf64.h>

SECTION("events/skb/kfree_skb")
void touch(struct bpf_context *ctx)
{
	u64 key = ctx->arg1;

	bpf_table_lookup(ctx, 0, &key);
}
SECTION("bpftables")
struct bpf_table routes = { BPF_TABLE_LPM, 8, 4, 100, 0 };
SECTION("license")
char license_text[] = "GPL";
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[3] PTR '(anon)' type_id=4
[4] STRUCT 'bpf_context' size=56 vlen=7
	'arg1' type_id=5 bits_offset=0
	'arg2' type_id=5 bits_offset=64
	'arg3' type_id=5 bits_offset=128
	'arg4' type_id=5 bits_offset=192
	'arg5' type_id=5 bits_offset=256
	'arg6' type_id=5 bits_offset=320
	'ret' type_id=5 bits_offset=384
[5] TYPEDEF 'u64' type_id=6
[6] TYPEDEF '__u64' type_id=7
[7] INT 'unsigned long long' size=8 bits_offset=0 nr_bits=64 encoding=(none)
[8] ARRAY '(anon)' type_id=9 index_type_id=1 nr_elems=4
[9] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=SIGNED
[10] FUNC_PROTO '(anon)' ret_type_id=0 vlen=1
	'ctx' type_id=3
[11] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=11
[12] PTR '(anon)' type_id=11
[13] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=8
[14] PTR '(anon)' type_id=13
[15] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=4
[16] PTR '(anon)' type_id=15
[17] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=100
[18] PTR '(anon)' type_id=17
[19] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=1
[20] PTR '(anon)' type_id=19
[21] STRUCT '(anon)' size=40 vlen=5
	'type' type_id=12 bits_offset=0
	'key_size' type_id=14 bits_offset=64
	'value_size' type_id=16 bits_offset=128
	'max_entries' type_id=18 bits_offset=192
	'map_flags' type_id=20 bits_offset=256
[22] FUNC 'touch' type_id=10 linkage=global
[23] VAR 'routes_0' type_id=21, linkage=global
[24] VAR 'license_text' type_id=8, linkage=global
[25] DATASEC '.maps' size=40 vlen=1
	type_id=23 offset=0 size=40 (VAR 'routes_0')
[26] DATASEC 'license' size=4 vlen=1
	type_id=24 offset=0 size=4 (VAR 'license_text')

section 'raw_tracepoint/kfree_skb'
	0: func type_id=22
	0: line lpm.c:8:12 '	u64 key = ctx->arg1;'
	16: line lpm.c:10:2 '	bpf_table_lookup(ctx, 0, &key);'
	56: line lpm.c:6:6 'void touch(struct bpf_context *ctx)'
*/
