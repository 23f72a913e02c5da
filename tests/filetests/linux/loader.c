// What libbpf does with an object besides loading programs: maps in maps and programs in maps that are there from the start,
// values of the kernel's configuration, kernel functions that may be missing, data in sections of its own, hidden and weak
// symbols, addresses of functions.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, int);
} one SEC(".maps"), two SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 3);
	__uint(key_size, sizeof(__u32));
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { &one, 0, &two } };
int target(void *ctx);
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(values, int (void *));
} programs SEC(".maps") = { .values = { [1] = (void *)&target } };
extern int LINUX_KERNEL_VERSION __kconfig;
extern _Bool CONFIG_BPF_SYSCALL __kconfig __weak;
extern char CONFIG_DEFAULT_HOSTNAME[64] __kconfig __weak;
extern void bpf_rcu_read_lock(void) __ksym __weak;
extern void bpf_rcu_read_unlock(void) __ksym __weak;
extern int no_such_function(int) __ksym __weak;
extern const int no_such_variable __ksym __weak;
int apart SEC(".data.apart") = 5;
const int fixed SEC(".rodata.fixed") = 7;
int hidden __attribute__((visibility("hidden"))) = 3;
int weak __attribute__((weak)) = 4;
__hidden int add_hidden(int x) { return x + hidden + bpf_get_prandom_u32(); }
__weak int add_weak(int x) { return x + weak + bpf_get_prandom_u32(); }
static int step(__u32 index, void *context) { return index > 5; }
SEC("raw_tracepoint/sys_enter")
int target(void *ctx) { return 0; }
SEC("raw_tracepoint/sys_enter")
int prog(void *ctx)
{
	int zero = 0, sum = 0;
	void *map = bpf_map_lookup_elem(&outer, &zero);

	if (map) {
		int *value = bpf_map_lookup_elem(map, &zero);
		if (value)
			sum += *value;
	}
	bpf_loop(10, step, 0, 0);
	sum += LINUX_KERNEL_VERSION > 0x50000;
	sum += CONFIG_BPF_SYSCALL + (CONFIG_DEFAULT_HOSTNAME[0] == '(');
	if (bpf_rcu_read_lock && bpf_rcu_read_unlock) {
		bpf_rcu_read_lock();
		bpf_rcu_read_unlock();
	}
	if (no_such_function)
		sum += no_such_function(1);
	if (&no_such_variable)
		sum += 1;
	sum += apart + fixed + add_hidden(sum) + add_weak(sum);
	bpf_tail_call(ctx, &programs, 1);
	return sum;
}
char license[] SEC("license") = "GPL";
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] STRUCT 'inner' size=32 vlen=4
	'type' type_id=3 bits_offset=0
	'max_entries' type_id=6 bits_offset=64
	'key' type_id=8 bits_offset=128
	'value' type_id=8 bits_offset=192
[3] PTR '(anon)' type_id=4
[4] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=2
[5] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[6] PTR '(anon)' type_id=7
[7] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=1
[8] PTR '(anon)' type_id=5
[9] STRUCT '(anon)' size=24 vlen=4
	'type' type_id=10 bits_offset=0
	'max_entries' type_id=12 bits_offset=64
	'key_size' type_id=14 bits_offset=128
	'values' type_id=16 bits_offset=192
[10] PTR '(anon)' type_id=11
[11] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=12
[12] PTR '(anon)' type_id=13
[13] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=3
[14] PTR '(anon)' type_id=15
[15] ARRAY '(anon)' type_id=5 index_type_id=1 nr_elems=4
[16] ARRAY '(anon)' type_id=17 index_type_id=1 nr_elems=0
[17] PTR '(anon)' type_id=2
[18] STRUCT '(anon)' size=24 vlen=4
	'type' type_id=12 bits_offset=0
	'max_entries' type_id=3 bits_offset=64
	'key_size' type_id=14 bits_offset=128
	'values' type_id=19 bits_offset=192
[19] ARRAY '(anon)' type_id=20 index_type_id=1 nr_elems=0
[20] PTR '(anon)' type_id=21
[21] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'(anon)' type_id=22
[22] PTR '(anon)' type_id=0
[23] TYPEDEF '__u32' type_id=24
[24] INT 'unsigned int' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[25] INT '_Bool' size=1 bits_offset=0 nr_bits=8 encoding=BOOL
[26] ARRAY '(anon)' type_id=27 index_type_id=1 nr_elems=64
[27] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=SIGNED
[28] CONST '(anon)' type_id=5
[29] ARRAY '(anon)' type_id=27 index_type_id=1 nr_elems=4
[30] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'ctx' type_id=22
[31] FUNC_PROTO '(anon)' ret_type_id=0 vlen=0
[32] FUNC_PROTO '(anon)' ret_type_id=0 vlen=0
[33] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'(anon)' type_id=5
[34] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'x' type_id=5
[35] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'x' type_id=5
[36] FUNC_PROTO '(anon)' ret_type_id=5 vlen=2
	'index' type_id=23
	'context' type_id=22
[37] FUNC_PROTO '(anon)' ret_type_id=5 vlen=1
	'ctx' type_id=22
[38] FUNC 'target' type_id=30 linkage=global
[39] FUNC 'add_hidden' type_id=34 linkage=global
[40] FUNC 'add_weak' type_id=35 linkage=global
[41] FUNC 'step' type_id=36 linkage=static
[42] FUNC 'prog' type_id=37 linkage=global
[43] VAR 'one' type_id=2, linkage=global
[44] VAR 'two' type_id=2, linkage=global
[45] VAR 'outer' type_id=9, linkage=global
[46] VAR 'programs' type_id=18, linkage=global
[47] VAR 'LINUX_KERNEL_VERSION' type_id=5, linkage=extern
[48] VAR 'CONFIG_BPF_SYSCALL' type_id=25, linkage=extern
[49] VAR 'CONFIG_DEFAULT_HOSTNAME' type_id=26, linkage=extern
[50] VAR 'no_such_variable' type_id=28, linkage=extern
[51] VAR 'apart' type_id=5, linkage=global
[52] VAR 'fixed' type_id=28, linkage=global
[53] VAR 'hidden' type_id=5, linkage=global
[54] VAR 'weak' type_id=5, linkage=global
[55] VAR 'license' type_id=29, linkage=global
[56] FUNC 'bpf_rcu_read_lock' type_id=31 linkage=extern
[57] FUNC 'bpf_rcu_read_unlock' type_id=32 linkage=extern
[58] FUNC 'no_such_function' type_id=33 linkage=extern
[59] DATASEC '.data' size=8 vlen=2
	type_id=53 offset=0 size=4 (VAR 'hidden')
	type_id=54 offset=4 size=4 (VAR 'weak')
[60] DATASEC '.data.apart' size=4 vlen=1
	type_id=51 offset=0 size=4 (VAR 'apart')
[61] DATASEC '.kconfig' size=0 vlen=3
	type_id=47 offset=0 size=4 (VAR 'LINUX_KERNEL_VERSION')
	type_id=48 offset=0 size=1 (VAR 'CONFIG_BPF_SYSCALL')
	type_id=49 offset=0 size=64 (VAR 'CONFIG_DEFAULT_HOSTNAME')
[62] DATASEC '.ksyms' size=0 vlen=4
	type_id=50 offset=0 size=4 (VAR 'no_such_variable')
	type_id=56 offset=0 size=0 (FUNC 'bpf_rcu_read_lock')
	type_id=57 offset=0 size=0 (FUNC 'bpf_rcu_read_unlock')
	type_id=58 offset=0 size=0 (FUNC 'no_such_function')
[63] DATASEC '.maps' size=152 vlen=4
	type_id=43 offset=0 size=32 (VAR 'one')
	type_id=44 offset=32 size=32 (VAR 'two')
	type_id=45 offset=64 size=48 (VAR 'outer')
	type_id=46 offset=112 size=40 (VAR 'programs')
[64] DATASEC '.rodata.fixed' size=4 vlen=1
	type_id=52 offset=0 size=4 (VAR 'fixed')
[65] DATASEC 'license' size=4 vlen=1
	type_id=55 offset=0 size=4 (VAR 'license')

section 'raw_tracepoint/sys_enter'
	0: func type_id=38
	16: func type_id=42
	0: line loader.c:40:25 'int target(void *ctx) { return 0; }'
	16: line loader.c:44:6 '	int zero = 0, sum = 0;'
	40: line loader.c:45:14 '	void *map = bpf_map_lookup_elem(&outer, &zero);'
	80: line loader.c:47:6 '	if (map) {'
	104: line loader.c:48:16 '		int *value = bpf_map_lookup_elem(map, &zero);'
	136: line loader.c:49:7 '		if (value)'
	160: line loader.c:50:11 '			sum += *value;'
	168: line loader.c:52:2 '	bpf_loop(10, step, 0, 0);'
	216: line loader.c:53:9 '	sum += LINUX_KERNEL_VERSION > 0x50000;'
	280: line loader.c:54:9 '	sum += CONFIG_BPF_SYSCALL + (CONFIG_DEFAULT_HOSTNAME[0] == '(');'
	392: line loader.c:55:6 '	if (bpf_rcu_read_lock && bpf_rcu_read_unlock) {'
	440: line loader.c:56:3 '		bpf_rcu_read_lock();'
	448: line loader.c:57:3 '		bpf_rcu_read_unlock();'
	456: line loader.c:59:6 '	if (no_such_function)'
	480: line loader.c:60:10 '		sum += no_such_function(1);'
	504: line loader.c:59:2 '	if (no_such_function)'
	512: line loader.c:61:6 '	if (&no_such_variable)'
	536: line loader.c:62:3 '		sum += 1;'
	544: line loader.c:63:9 '	sum += apart + fixed + add_hidden(sum) + add_weak(sum);'
	600: line loader.c:36:45 '__hidden int add_hidden(int x) { return x + hidden + bpf_get_prandom_u32(); }'
	648: line loader.c:63:9 '	sum += apart + fixed + add_hidden(sum) + add_weak(sum);'
	688: line loader.c:64:2 '	bpf_tail_call(ctx, &programs, 1);'
	736: line loader.c:65:2 '	return sum;'
section '.text'
	0: func type_id=39
	88: func type_id=40
	176: func type_id=41
	0: line loader.c:36:45 '__hidden int add_hidden(int x) { return x + hidden + bpf_get_prandom_u32(); }'
	88: line loader.c:37:41 '__weak int add_weak(int x) { return x + weak + bpf_get_prandom_u32(); }'
	176: line loader.c:38:54 'static int step(__u32 index, void *context) { return index > 5; }'
*/
