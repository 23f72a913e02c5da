// `__builtin_expect` gives its first argument; the second is evaluated too.
int x, y;
int f(int z)
{
	if (__builtin_expect(x ? y != 0 : 0, z++))
		return 7;
	return z;
}
// run: f(10) == 11
long wide(long v) { return __builtin_expect(v == 3, 1) + __builtin_expect_with_probability(v, 3, 0.9); }
// run: wide(3) == 4
