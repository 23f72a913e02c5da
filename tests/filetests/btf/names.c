// Linux refuses all of a BTF for one name with a `$` or a letter outside of ASCII: types and functions get a `_` there, and
// variables, which libbpf looks up by name, are left out.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
enum kind$ { first$ = 1 };
struct odd$name { int member$; enum kind$ größe; };
typedef struct odd$name odd$t;
struct odd$name variable$;
odd$t *plain;
__noinline int help$(int by$)
{
	return by$ * variable$.member$;
}
SEC("raw_tracepoint/sys_enter")
int prog(void *ctx)
{
	return help$(first$) + (plain != 0);
}
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[3] PTR '(anon)' type_id=0
[4] STRUCT 'odd_name' size=8 vlen=2
	'member_' type_id=2 bits_offset=0
	'gr__e' type_id=5 bits_offset=32
[5] ENUM 'kind_' encoding=UNSIGNED size=4 vlen=1
	'first_' val=1
[6] PTR '(anon)' type_id=7
[7] TYPEDEF 'odd_t' type_id=4
[8] FUNC_PROTO '(anon)' ret_type_id=2 vlen=1
	'by_' type_id=2
[9] FUNC_PROTO '(anon)' ret_type_id=2 vlen=1
	'ctx' type_id=3
[10] FUNC 'help_' type_id=8 linkage=global
[11] FUNC 'prog' type_id=9 linkage=global
[12] VAR 'plain' type_id=6, linkage=global
[13] DATASEC '.bss' size=16 vlen=1
	type_id=12 offset=8 size=8 (VAR 'plain')

section '.text'
	0: func type_id=10
	0: line names.c:12:15 '	return by$ * variable$.member$;'
section 'raw_tracepoint/sys_enter'
	0: func type_id=11
	0: line names.c:17:9 '	return help$(first$) + (plain != 0);'
*/
