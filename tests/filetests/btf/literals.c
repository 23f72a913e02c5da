// What has no name in C is no variable in BTF: strings and compound literals are only bytes of their sections.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
const char *texts[] = { "one", "two" };
int *numbers = (int[]){ 1, 2 };
SEC("xdp")
int prog(void *ctx)
{
	return numbers[0] + texts[bpf_get_prandom_u32() & 1][0];
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] PTR '(anon)' type_id=0
[3] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[4] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=2
[5] PTR '(anon)' type_id=6
[6] CONST '(anon)' type_id=7
[7] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=SIGNED
[8] PTR '(anon)' type_id=3
[9] FUNC_PROTO '(anon)' ret_type_id=3 vlen=1
	'ctx' type_id=2
[10] FUNC 'prog' type_id=9 linkage=global
[11] VAR 'texts' type_id=4, linkage=global
[12] VAR 'numbers' type_id=8, linkage=global
[13] DATASEC '.data' size=32 vlen=2
	type_id=11 offset=0 size=16 (VAR 'texts')
	type_id=12 offset=16 size=8 (VAR 'numbers')

section 'xdp'
	0: func type_id=10
	0: line literals.c:9:9 '	return numbers[0] + texts[bpf_get_prandom_u32() & 1][0];'
*/
