// Function types: names of parameters are described of functions, not of pointers to them; an empty list is one of no
// parameters in a definition, and says nothing in a pointer's type.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct operations {
	int (*named)(int left, char *right);
	int (*none)(void);
	int (*unsaid)();
	int (*more)(const char *format, ...);
};
const struct operations *table;
__noinline int empty() { return 2; }
static __noinline int local(int argument) { return argument * 3; }
SEC("raw_tracepoint/sys_enter")
int prog(void *ctx)
{
	return empty() + local(4) + (table != 0);
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[3] PTR '(anon)' type_id=0
[4] PTR '(anon)' type_id=5
[5] CONST '(anon)' type_id=6
[6] STRUCT 'operations' size=32 vlen=4
	'named' type_id=7 bits_offset=0
	'none' type_id=11 bits_offset=64
	'unsaid' type_id=13 bits_offset=128
	'more' type_id=15 bits_offset=192
[7] PTR '(anon)' type_id=8
[8] FUNC_PROTO '(anon)' ret_type_id=2 vlen=2
	'(anon)' type_id=2
	'(anon)' type_id=9
[9] PTR '(anon)' type_id=10
[10] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=SIGNED
[11] PTR '(anon)' type_id=12
[12] FUNC_PROTO '(anon)' ret_type_id=2 vlen=0
[13] PTR '(anon)' type_id=14
[14] FUNC_PROTO '(anon)' ret_type_id=2 vlen=1
	'(anon)' type_id=0
[15] PTR '(anon)' type_id=16
[16] FUNC_PROTO '(anon)' ret_type_id=2 vlen=2
	'(anon)' type_id=17
	'(anon)' type_id=0
[17] PTR '(anon)' type_id=18
[18] CONST '(anon)' type_id=10
[19] FUNC_PROTO '(anon)' ret_type_id=2 vlen=0
[20] FUNC_PROTO '(anon)' ret_type_id=2 vlen=1
	'argument' type_id=2
[21] FUNC_PROTO '(anon)' ret_type_id=2 vlen=1
	'ctx' type_id=3
[22] FUNC 'empty' type_id=19 linkage=global
[23] FUNC 'local' type_id=20 linkage=static
[24] FUNC 'prog' type_id=21 linkage=global
[25] VAR 'table' type_id=4, linkage=global
[26] DATASEC '.bss' size=8 vlen=1
	type_id=25 offset=0 size=8 (VAR 'table')

section '.text'
	0: func type_id=22
	16: func type_id=23
	0: line function-types.c:12:26 '__noinline int empty() { return 2; }'
	16: line function-types.c:13:45 'static __noinline int local(int argument) { return argument * 3; }'
section 'raw_tracepoint/sys_enter'
	0: func type_id=24
	0: line function-types.c:17:9 '	return empty() + local(4) + (table != 0);'
*/
