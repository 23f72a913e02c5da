// Calls through pointers become calls by name, or a choice among the functions that the pointer can mean.
static __attribute__((noinline)) int one(int x) { return x + 1; }
static __attribute__((noinline)) int two(int x) { return x + 2; }
static __attribute__((noinline)) int three(int x) { return x + 3; }
static int (*const table[])(int) = {one, two, three};

int constant(int x) { return table[2](x); }
// run: constant(4) == 7
int choice(int c, int x) {
	int (*f)(int) = c ? one : two;
	return f(x);
}
// run: choice(1, 4) == 5
// run: choice(0, 4) == 6
/*~ ir:after=indirect
global @table ".rodata" readonly local size 24 align 8 = "\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x02\x00\x01\x00\x00\x00\x00\x00"

fn @one(v0: i32) -> i32 local noinline {
b0:
    v1: i32 = const 1
    v2: i32 = add v0, v1
    return v2
}

fn @two(v0: i32) -> i32 local noinline {
b0:
    v1: i32 = const 2
    v2: i32 = add v0, v1
    return v2
}

fn @three(v0: i32) -> i32 local noinline {
b0:
    v1: i32 = const 3
    v2: i32 = add v0, v1
    return v2
}

fn @constant(v0: i32) -> i32 {
b0:
    v1: ptr.global = global_addr @table+0
    v2: ptr = load.u64 v1+16
    v3: i32 = call @three(v0)
    return v3
}

fn @choice(v0: i32, v1: i32) -> i32 {
b0:
    v2: i32 = const 0
    branch v0 ne v2, b1, b2
b1:
    v3: ptr.func = const 65536
    jump b3(v3)
b2:
    v4: ptr.func = const 65537
    jump b3(v4)
b3(v5: ptr):
    v6: i64 = ptr_to_int v5
    switch v6, [65536: b4, 65537: b5], b6
b4:
    v7: i32 = call @one(v1)
    jump b7(v7)
b5:
    v8: i32 = call @two(v1)
    jump b7(v8)
b6:
    v9: i32 = const 0
    jump b7(v9)
b7(v10: i32):
    return v10
}
*/
