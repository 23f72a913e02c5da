// More than five arguments: the fifth and those behind it go through the caller's frame.
#define NOINLINE __attribute__((noinline))
struct point { int x, y; };

static NOINLINE long six(long a, long b, long c, long d, long e, long f) { return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f; }
static NOINLINE int mixed(char a, short b, int c, long d, unsigned char e, short f, int *g, struct point h)
{
	a++;
	*g += h.x;
	return a + b + c + d + e * 10 + f * 100 + *g + h.y * 1000;
}
static NOINLINE __int128 wide(__int128 a, __int128 b, __int128 c) { return a * b - c; }
static NOINLINE struct point made(int a, int b, int c, int d, int e, int f)
{
	e++;
	return (struct point){ a * b + c, d * e + f };
}
static NOINLINE long outer(long a, long b, long c, long d, long e, long f, long g)
{
	return six(g, f, e, d, c, b) * 10 + six(a, a, a, a, f, g);
}
long use_six(long a, long b) { return six(a, b, a, b, a, b) * 1000 + six(b, a, b, a, b, a); }
int use_mixed(int a, int b) { int c = a - b; return mixed(a, b, a, b, a, b, &c, (struct point){ a, b }) + c; }
long use_wide(long a, long b) { __int128 r = wide(a, b, (__int128)a << 64); return (long)(r >> 64) * 3 + (long)r; }
int use_made(int a) { struct point p = made(a, 2, 3, 4, 5, 6); return p.x * 100 + p.y; }
long use_outer(long a) { return outer(a, 2, 3, 4, 5, 6, 7) + outer(1, 2, 3, 4, 5, a, 7); }
// run: use_six(1, 2) == 33030
// run: use_six(-1, 20000) == 240170988
// run: use_mixed(3, 5) == 5549
// run: use_mixed(-3, 200) == 222513
// run: use_wide(3, -4) == -24
// run: use_made(9) == 2130
// run: use_outer(11) == 1929
