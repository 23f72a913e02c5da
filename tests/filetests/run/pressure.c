// More live values than registers: spills go to the stack frame and come back.
long spill(long a, long b, long c, long d, long e)
{
	long f = a + b, g = b + c, h = c + d, i = d + e, j = e + a;
	long k = f * g, l = g * h, m = h * i, n = i * j, o = j * f;
	long p = k - a, q = l - b, r = m - c, s = n - d, t = o - e;

	return a ^ b << 1 ^ c << 2 ^ d << 3 ^ e << 4 ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n ^ o ^ p * 3 ^ q * 5 ^ r * 7 ^ s * 11 ^ t * 13;
}
__attribute__((noinline)) static long id(long x) { return x; }
long across(long a, long b, long c, long d, long e)
{
	long f = a * b, g = b * c, h = c * d;

	return id(a) + 2 * id(b) + 3 * id(c) + 4 * id(d) + 5 * id(e) + 6 * f + 7 * g + 8 * h;
}
// run: spill(1, 2, 3, 4, 5) == 996
// run: across(1, 2, 3, 4, 5) == 205
