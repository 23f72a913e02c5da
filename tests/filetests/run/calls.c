// Functions that stay functions, with up to five arguments.
__attribute__((noinline)) static int five(int a, int b, int c, int d, int e)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e;
}
__attribute__((noinline)) static long twice(long x) { return 2 * x; }
int spread(int a, int b) { return five(a, b, a, b, a) * 10 + five(b, a, b, a, b); }
long keep(long a, long b, long c)
{
	long x = twice(a), y = twice(b), z = twice(c);

	return x * y - z + a * b * c;
}
// run: spread(1, 2) == 234
// run: keep(3, 4, 5) == 98
