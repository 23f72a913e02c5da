// Tags of declarations and of what pointers point to. The tag that was written last stands nearest to the pointer; one on
// what no pointer points to says nothing. Parameters come before their function.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define __tag(text) __attribute__((btf_decl_tag(text)))
#define __near __attribute__((btf_type_tag("near")))
#define __far __attribute__((btf_type_tag("far")))
typedef int number __tag("typedef");
struct node {
	int value __tag("member");
	unsigned bits : 3 __tag("bit-field") __tag("again");
	struct node __near __far *next;
	const struct node __near *same;
} __tag("struct");
struct node *first __tag("variable");
int __near alone;
int weigh(struct node *node __tag("arg:nonnull"), number by) __tag("function");
__noinline int weigh(struct node *node __tag("arg:nonnull"), number by) __tag("function")
{
	return node->value * by;
}
SEC("raw_tracepoint/sys_enter")
int prog(void *ctx)
{
	struct node here = { .value = 3 };

	return weigh(&here, 2) + (first != 0) + alone;
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] PTR '(anon)' type_id=3
[3] STRUCT 'node' size=24 vlen=4
	'value' type_id=4 bits_offset=0
	'bits' type_id=5 bits_offset=32 bitfield_size=3
	'next' type_id=6 bits_offset=64
	'same' type_id=9 bits_offset=128
[4] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[5] INT 'unsigned int' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[6] PTR '(anon)' type_id=8
[7] TYPE_TAG 'near' type_id=3
[8] TYPE_TAG 'far' type_id=7
[9] PTR '(anon)' type_id=11
[10] CONST '(anon)' type_id=3
[11] TYPE_TAG 'near' type_id=10
[12] TYPEDEF 'number' type_id=4
[13] PTR '(anon)' type_id=0
[14] FUNC_PROTO '(anon)' ret_type_id=4 vlen=2
	'node' type_id=2
	'by' type_id=12
[15] FUNC_PROTO '(anon)' ret_type_id=4 vlen=1
	'ctx' type_id=13
[16] DECL_TAG 'struct' type_id=3 component_idx=-1
[17] DECL_TAG 'member' type_id=3 component_idx=0
[18] DECL_TAG 'bit-field' type_id=3 component_idx=1
[19] DECL_TAG 'again' type_id=3 component_idx=1
[20] DECL_TAG 'typedef' type_id=12 component_idx=-1
[21] FUNC 'weigh' type_id=14 linkage=global
[22] DECL_TAG 'arg:nonnull' type_id=21 component_idx=0
[23] DECL_TAG 'function' type_id=21 component_idx=-1
[24] FUNC 'prog' type_id=15 linkage=global
[25] VAR 'first' type_id=2, linkage=global
[26] DECL_TAG 'variable' type_id=25 component_idx=-1
[27] VAR 'alone' type_id=4, linkage=global
[28] DATASEC '.bss' size=12 vlen=2
	type_id=25 offset=0 size=8 (VAR 'first')
	type_id=27 offset=8 size=4 (VAR 'alone')

section '.text'
	0: func type_id=21
	0: line tags.c:20:9 '	return node->value * by;'
section 'raw_tracepoint/sys_enter'
	0: func type_id=24
	0: line tags.c:25:14 '	struct node here = { .value = 3 };'
	64: line tags.c:27:9 '	return weigh(&here, 2) + (first != 0) + alone;'
*/
