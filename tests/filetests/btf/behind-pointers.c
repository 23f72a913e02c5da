// Which structs behind pointers in a struct are described whole, as with clang: those in arrays, in types of functions and
// behind tagged pointers; others are only declared.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct declared { int a; };
struct in_array { int b; };
struct in_function { int c; };
struct tagged { int d; };
struct deeper { struct declared *declared; };
struct all {
	struct declared *declared;
	const struct declared **twice;
	struct in_array *array[2];
	void (*function)(struct in_function *);
	struct tagged __attribute__((btf_type_tag("tag"))) *tagged;
	struct deeper inside;
};
struct all *all;
SEC("raw_tracepoint/sys_enter")
int prog(void *ctx)
{
	return all != 0;
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] PTR '(anon)' type_id=0
[3] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[4] PTR '(anon)' type_id=5
[5] STRUCT 'all' size=56 vlen=6
	'declared' type_id=6 bits_offset=0
	'twice' type_id=8 bits_offset=64
	'array' type_id=11 bits_offset=128
	'function' type_id=14 bits_offset=256
	'tagged' type_id=18 bits_offset=320
	'inside' type_id=21 bits_offset=384
[6] PTR '(anon)' type_id=7
[7] FWD 'declared' fwd_kind=struct
[8] PTR '(anon)' type_id=9
[9] PTR '(anon)' type_id=10
[10] CONST '(anon)' type_id=7
[11] ARRAY '(anon)' type_id=12 index_type_id=1 nr_elems=2
[12] PTR '(anon)' type_id=13
[13] STRUCT 'in_array' size=4 vlen=1
	'b' type_id=3 bits_offset=0
[14] PTR '(anon)' type_id=15
[15] FUNC_PROTO '(anon)' ret_type_id=0 vlen=1
	'(anon)' type_id=16
[16] PTR '(anon)' type_id=17
[17] STRUCT 'in_function' size=4 vlen=1
	'c' type_id=3 bits_offset=0
[18] PTR '(anon)' type_id=20
[19] STRUCT 'tagged' size=4 vlen=1
	'd' type_id=3 bits_offset=0
[20] TYPE_TAG 'tag' type_id=19
[21] STRUCT 'deeper' size=8 vlen=1
	'declared' type_id=6 bits_offset=0
[22] FUNC_PROTO '(anon)' ret_type_id=3 vlen=1
	'ctx' type_id=2
[23] FUNC 'prog' type_id=22 linkage=global
[24] VAR 'all' type_id=4, linkage=global
[25] DATASEC '.bss' size=8 vlen=1
	type_id=24 offset=0 size=8 (VAR 'all')

section 'raw_tracepoint/sys_enter'
	0: func type_id=23
	0: line behind-pointers.c:22:9 '	return all != 0;'
*/
