// GNU statement expressions, typeof and compound literals, as macros use them.
#define max(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define swap(a, b) do { typeof(a) _t = (a); (a) = (b); (b) = _t; } while (0)
struct pair { int a, b; };
static int sum(const struct pair *p) { return p->a + p->b; }
int biggest(int a, int b, int c) { return max(a, max(b, c)); }
int swapped(int a, int b)
{
	swap(a, b);
	return a * 100 + b;
}
int literal(int a) { return sum(&(struct pair){ a, .b = 7 }); }
// run: biggest(3, 9, 4) == 9
// run: swapped(1, 2) == 201
// run: literal(5) == 12
