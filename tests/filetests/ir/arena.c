// flags: -O0
// An arena's variables have a section of their own, and their addresses are converted for each access. Null stays null.
#define __arena __attribute__((address_space(1)))
int __arena counter = 5;
int __arena table[4];
int plain;
void count(void) { counter++; }
int element(int i) { return table[i & 3]; }
int __arena *address(void) { return &table[1]; }
int *ordinary(int __arena *from) { return (int *)from; }
int __arena *arena(void) { return (int __arena *)&plain; }
int __arena *null(void) { return (int __arena *)(int *)0; }
/*~ ir
global @counter ".addr_space.1" mutable global size 4 align 4 = "\x05"
global @table ".addr_space.1" mutable global size 16 align 4
global @plain ".bss" mutable global size 4 align 4

fn @count() {
b0:
    v0: ptr.global = global_addr @counter+0
    v1: ptr = addr_space_cast v0, 0, 1
    v2: i32 = load.u32 v1+0
    v3: i32 = const 1
    v4: i32 = add v2, v3
    v5: ptr.global = global_addr @counter+0
    v6: ptr = addr_space_cast v5, 0, 1
    store.u32 v6+0, v4
    return
}

fn @element(v0: i32) -> i32 {
b0:
    v1: i32 = const 3
    v2: i32 = and v0, v1
    v3: i64 = sext32 v2
    v4: i64 = const 4
    v5: i64 = mul v3, v4
    v6: ptr.global = global_addr @table+0
    v7: ptr.global = ptr_add v6, v5
    v8: ptr = addr_space_cast v7, 0, 1
    v9: i32 = load.u32 v8+0
    return v9
}

fn @address() -> ptr {
b0:
    v0: ptr.global = global_addr @table+4
    return v0
}

fn @ordinary(v0: ptr) -> ptr {
b0:
    v1: ptr = addr_space_cast v0, 0, 1
    return v1
}

fn @arena() -> ptr {
b0:
    v0: ptr.global = global_addr @plain+0
    v1: ptr = addr_space_cast v0, 1, 0
    return v1
}

fn @null() -> ptr {
b0:
    v0: ptr = const 0
    return v0
}
*/
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[3] PTR '(anon)' type_id=2
[4] PTR '(anon)' type_id=2
[5] ARRAY '(anon)' type_id=2 index_type_id=1 nr_elems=4
[6] FUNC_PROTO '(anon)' ret_type_id=0 vlen=0
[7] FUNC_PROTO '(anon)' ret_type_id=2 vlen=1
	'i' type_id=2
[8] FUNC_PROTO '(anon)' ret_type_id=3 vlen=0
[9] FUNC_PROTO '(anon)' ret_type_id=4 vlen=1
	'from' type_id=3
[10] FUNC_PROTO '(anon)' ret_type_id=3 vlen=0
[11] FUNC_PROTO '(anon)' ret_type_id=3 vlen=0
[12] FUNC 'count' type_id=6 linkage=global
[13] FUNC 'element' type_id=7 linkage=global
[14] FUNC 'address' type_id=8 linkage=global
[15] FUNC 'ordinary' type_id=9 linkage=global
[16] FUNC 'arena' type_id=10 linkage=global
[17] FUNC 'null' type_id=11 linkage=global
[18] VAR 'counter' type_id=2, linkage=global
[19] VAR 'table' type_id=5, linkage=global
[20] VAR 'plain' type_id=2, linkage=global
[21] DATASEC '.addr_space.1' size=20 vlen=2
	type_id=18 offset=0 size=4 (VAR 'counter')
	type_id=19 offset=4 size=16 (VAR 'table')
[22] DATASEC '.bss' size=4 vlen=1
	type_id=20 offset=0 size=4 (VAR 'plain')

section '.text'
	0: func type_id=12
	88: func type_id=13
	168: func type_id=14
	192: func type_id=15
	208: func type_id=16
	240: func type_id=17
	0: line arena.c:7:20 'void count(void) { counter++; }'
	88: line arena.c:8:35 'int element(int i) { return table[i & 3]; }'
	168: line arena.c:9:30 'int __arena *address(void) { return &table[1]; }'
	192: line arena.c:10:43 'int *ordinary(int __arena *from) { return (int *)from; }'
	208: line arena.c:11:35 'int __arena *arena(void) { return (int __arena *)&plain; }'
	240: line arena.c:12:27 'int __arena *null(void) { return (int __arena *)(int *)0; }'
*/
