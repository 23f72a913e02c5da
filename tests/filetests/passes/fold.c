// Constants are computed by the compiler.
int f(void)
{
	int a = 6, b = 7;

	return a * b + (a > b ? 100 : 0) - (sizeof(long) - 8);
}
// run: f() == 42
/*~ ir:after=fold
fn @f() -> i32 {
b0:
    v0: i32 = const 6
    v1: i32 = const 7
    v2: i32 = const 42
    v3: i32 = const 0
    v4: i32 = const 42
    v5: i64 = const 42
    v6: i64 = const 0
    return v4
}
*/
/*~ asm
f:
    r0 = 42
    exit
*/
