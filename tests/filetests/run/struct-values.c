// Structs and unions as arguments and results: small ones, large ones, through calls that stay calls.
#define NOINLINE __attribute__((noinline))
struct tiny { char c; };
struct odd { char bytes[7]; };
struct pair { int a, b; };
struct wide { long a, b; };
struct uneven { long a; int b; char c; };
struct large { long v[6]; };
union either { long whole; int half[2]; };
struct empty { };

static NOINLINE struct pair swap(struct pair p) { return (struct pair){ p.b, p.a }; }
static NOINLINE struct wide both(struct wide a, struct wide b) { a.a += b.a; a.b -= b.b; return a; }
static NOINLINE long change(struct large l) { l.v[0] += 1; return l.v[0] * l.v[5]; }
NOINLINE long sum_uneven(struct uneven u) { u.b++; return u.a + u.b + u.c; }
NOINLINE int sum_odd(struct odd o) { int s = 0; s = o.bytes[0] + o.bytes[3] * 2 + o.bytes[6] * 3; return s; }
NOINLINE int tiny(struct tiny t, union either e) { return t.c + e.half[1]; }
NOINLINE struct wide make(long a, long b) { struct wide w = { a, b }; return w; }
NOINLINE int nothing(struct empty e, int x) { return x; }
static NOINLINE struct large fill(long x)
{
	struct large l = { { x, x + 1, x + 2, x + 3, x + 4, x + 5 } };
	return l;
}

long use_pair(int a, int b) { struct pair p = { a, b }; p = swap(p); return p.a * 100 + p.b; }
long use_wide(long a, long b) { return both(make(a, b), make(b, a)).a * 1000 + both(make(a, b), make(1, 2)).b; }
long use_large(long x)
{
	struct large l = fill(x);
	long r = change(l);
	return r * 1000 + l.v[0] + fill(3).v[2];
}
long use_uneven(long a, int b) { struct uneven u = { a, b, 'x' }; return sum_uneven(u) * 100 + u.b; }
int use_odd(int a) { struct odd o = { { a, 1, 2, 3, 4, 5, 6 } }; return sum_odd(o); }
int use_tiny(int a, long b) { return tiny((struct tiny){ a }, (union either){ .whole = b << 32 }); }
long choose(int which, long a) { return (which ? fill(a) : fill(-a)).v[1]; }
int use_empty(int x) { struct empty e; return nothing(e, x); }
// run: use_pair(3, 4) == 403
// run: use_pair(-3, 7) == 697
// run: use_wide(5, 9) == 14007
// run: use_wide(-5, 900000) == 900894998
// run: use_large(7) == 96012
// run: use_large(-7) == 11998
// run: use_uneven(10, 20) == 15120
// run: use_odd(5) == 29
// run: use_odd(-5) == 19
// run(little): use_tiny(9, 33) == 42
// run(big): use_tiny(9, 33) == 9
// run: choose(1, 50) == 51
// run: choose(0, 50) == -49
// run: use_empty(8) == 8
