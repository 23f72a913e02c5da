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
*/
