// Types of a function with more than five parameters: those that its registers carry. Since Linux 7.3 the checker counts the
// parameters of static functions here.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static __noinline int seven(int a, int b, char c, long d, int e, int f, int g)
{
	return a + b + c + d + e + f + g;
}
SEC("raw_tracepoint/sys_enter")
int prog(void *ctx)
{
	return seven(1, 2, 3, 4, 5, 6, 7);
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] PTR '(anon)' type_id=0
[3] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[4] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=SIGNED
[5] INT 'long' size=8 bits_offset=0 nr_bits=64 encoding=SIGNED
[6] FUNC_PROTO '(anon)' ret_type_id=3 vlen=1
	'ctx' type_id=2
[7] FUNC_PROTO '(anon)' ret_type_id=3 vlen=5
	'a' type_id=3
	'b' type_id=3
	'c' type_id=4
	'd' type_id=5
	'arguments' type_id=2
[8] FUNC 'seven' type_id=7 linkage=static
[9] FUNC 'prog' type_id=6 linkage=global

section '.text'
	0: func type_id=8
	0: line many-arguments.c:5:23 'static __noinline int seven(int a, int b, char c, long d, int e, int f, int g)'
	24: line many-arguments.c:7:2 '	return a + b + c + d + e + f + g;'
section 'raw_tracepoint/sys_enter'
	0: func type_id=9
	0: line many-arguments.c:12:9 '	return seven(1, 2, 3, 4, 5, 6, 7);'
*/
