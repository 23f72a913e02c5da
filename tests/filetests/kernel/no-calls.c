// Linux before 4.16 knows no functions of programs: bodies take the places of calls, `noinline` or not.
// flags: --kernel=4.9
static __attribute__((noinline)) int square(int x) { return x * x; }
static __attribute__((noinline)) int sum(int n) { return square(n) + square(n + 1); }
__attribute__((section("socket"))) int prog(int x) { return sum(x) + square(3); }
// run: prog(2) == 22
/*~ ir:after=inline_all
fn @prog(v0: i32) -> i32 section "socket" {
b0:
    jump b1
b1:
    jump b2
b2:
    v1: i32 = mul v0, v0
    jump b3(v1)
b3(v2: i32):
    v3: i32 = const 1
    v4: i32 = add v0, v3
    jump b4
b4:
    v5: i32 = mul v4, v4
    jump b5(v5)
b5(v6: i32):
    v7: i32 = add v2, v6
    jump b6(v7)
b6(v8: i32):
    v9: i32 = const 3
    jump b7
b7:
    v10: i32 = mul v9, v9
    jump b8(v10)
b8(v11: i32):
    v12: i32 = add v8, v11
    return v12
}
*/
/*~ asm
prog:
    r0 = r1
    r0 *= r1
    r1 += 1
    r1 *= r1
    r0 += r1
    r0 += 9
    exit
*/
