// flags: --target=linux
// A program of 2014 for the Linux of today: tables become maps, calls by name calls of helpers, the event a raw tracepoint.
#include <linux/bpf64.h>

SECTION("events/sched/sched_switch")
void count(struct bpf_context *ctx)
{
	u32 key = ctx->arg2;
	u64 first = 1;
	u64 *total = bpf_table_lookup(ctx, 1, &key);

	if (total)
		__sync_fetch_and_add(total, 1);
	else
		bpf_table_update(ctx, 1, &key, &first);
}
SECTION("bpf_tables")
struct bpf_table tables[] = {
	{ BPF_TABLE_HASH, 8, 4, 100, 0 },
	{ BPF_TABLE_HASH, sizeof(u32), sizeof(u64), 4096, 0 },
};
SECTION("license")
char license_text[] = "GPL";
// run: count(args[1] = 7) == 0
// run: count(args[1] = 7) == 0
// map: tables_1[7] == 2
/*~ ir:adapt
global @tables_0 ".maps" map global size 32 align 8
global @license_text "license" mutable global size 4 align 1 = "GPL"
global @tables_1 ".maps" map global size 32 align 8

declare fn @bpf_table_lookup(ptr, i32, ptr) -> ptr.map_value_or_null
declare fn @bpf_table_update(ptr, i32, ptr, ptr) -> i32

fn @count(v0: ptr.ctx) section "raw_tracepoint/sched_switch" {
    slot s0: 4 align 4 "key"
    slot s1: 8 align 8 "first"
b0:
    v1: i64 = load.u64 v0+8
    v2: i32 = trunc v1
    v3: ptr.stack = slot_addr s0+0
    store.u32 v3+0, v2
    v4: i64 = const 1
    v5: ptr.stack = slot_addr s1+0
    store.u64 v5+0, v4
    v6: i32 = const 1
    v7: ptr.stack = slot_addr s0+0
    v8: ptr.map = global_addr @tables_1+0
    v9: ptr.map_value_or_null = call helper 1(v8, v7)
    v10: ptr.map_value_or_null = const 0
    branch v9 ne v10, b1, b2
b1:
    v11: i64 = const 1
    v12: i64 = atomic.add.u64 v9+0, v11
    jump b3
b2:
    v13: i32 = const 1
    v14: ptr.stack = slot_addr s0+0
    v15: ptr.stack = slot_addr s1+0
    v16: ptr.map = global_addr @tables_1+0
    v17: i64 = const 0
    v18: i32 = call helper 2(v16, v14, v15, v17)
    jump b3
b3:
    return
}
*/
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
[11] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=1
[12] PTR '(anon)' type_id=11
[13] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=8
[14] PTR '(anon)' type_id=13
[15] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=4
[16] PTR '(anon)' type_id=15
[17] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=100
[18] PTR '(anon)' type_id=17
[19] STRUCT '(anon)' size=32 vlen=4
	'type' type_id=12 bits_offset=0
	'key_size' type_id=14 bits_offset=64
	'value_size' type_id=16 bits_offset=128
	'max_entries' type_id=18 bits_offset=192
[20] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=4096
[21] PTR '(anon)' type_id=20
[22] STRUCT '(anon)' size=32 vlen=4
	'type' type_id=12 bits_offset=0
	'key_size' type_id=16 bits_offset=64
	'value_size' type_id=14 bits_offset=128
	'max_entries' type_id=21 bits_offset=192
[23] FUNC 'count' type_id=10 linkage=global
[24] VAR 'tables_0' type_id=19, linkage=global
[25] VAR 'license_text' type_id=8, linkage=global
[26] VAR 'tables_1' type_id=22, linkage=global
[27] DATASEC '.maps' size=64 vlen=2
	type_id=24 offset=0 size=32 (VAR 'tables_0')
	type_id=26 offset=32 size=32 (VAR 'tables_1')
[28] DATASEC 'license' size=4 vlen=1
	type_id=25 offset=0 size=4 (VAR 'license_text')

section 'raw_tracepoint/sched_switch'
	0: func type_id=23
	0: line tables.c:8:12 '	u32 key = ctx->arg2;'
	16: line tables.c:9:6 '	u64 first = 1;'
	32: line tables.c:10:15 '	u64 *total = bpf_table_lookup(ctx, 1, &key);'
	72: line tables.c:12:6 '	if (total)'
	80: line tables.c:13:3 '		__sync_fetch_and_add(total, 1);'
	96: line tables.c:12:2 '	if (total)'
	104: line tables.c:15:3 '		bpf_table_update(ctx, 1, &key, &first);'
	168: line tables.c:6:6 'void count(struct bpf_context *ctx)'
*/
