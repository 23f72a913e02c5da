// A condition becomes control flow; both results meet in a block parameter.
int pick(int a, int b)
{
	int r = a;

	if (a < b && b)
		r = b;
	return r;
}
// run: pick(1, 2) == 2
// run: pick(3, 2) == 3
// run: pick(-1, 0) == -1
/*~ ir:lower
fn @pick(v0: i32, v1: i32) -> i32 {
b0:
    branch v0 slt v1, b1, b3(v0)
b1:
    v2: i32 = const 0
    branch v1 ne v2, b2, b3(v0)
b2:
    jump b3(v1)
b3(v3: i32):
    return v3
}
*/
/*~ ir
fn @pick(v0: i32, v1: i32) -> i32 {
b0:
    branch v0 slt v1, b2, b1
b1:
    v2: i32 = refine v0 sge v1
    jump b5(v2)
b2:
    v3: i32 = refine v0 slt v1
    v4: i32 = refine v1 sgt v0
    v5: i32 = const 0
    branch v4 ne v5, b4, b3
b3:
    jump b5(v3)
b4:
    v6: i32 = refine v4 ne v5
    jump b5(v6)
b5(v7: i32):
    return v7
}
*/
