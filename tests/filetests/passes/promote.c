// A struct on the stack whose fields are only loaded and stored becomes values.
struct pair { int a; long b; };
long f(int x)
{
	struct pair p = { x, 2 };
	struct pair q = p;

	q.b += q.a;
	return q.b;
}
// run: f(40) == 42
/*~ ir
fn @f(v0: i32) -> i64 {
b0:
    v1: i64 = const 2
    v2: i64 = sext32 v0
    v3: i64 = add v2, v1
    return v3
}
*/
