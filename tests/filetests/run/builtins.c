// The compiler's builtins that BPF programs use.
unsigned short swap16(unsigned short x) { return __builtin_bswap16(x); }
unsigned swap32(unsigned x) { return __builtin_bswap32(x); }
unsigned long swap64(unsigned long x) { return __builtin_bswap64(x); }
int leading(unsigned x) { return __builtin_clz(x); }
int trailing(unsigned long x) { return __builtin_ctzl(x); }
int ones(unsigned long x) { return __builtin_popcountl(x); }
int likely(int x) { return __builtin_expect(x > 3, 1) ? 1 : 2; }
int overflow(int a, int b)
{
	int r;

	return __builtin_add_overflow(a, b, &r) ? -1 : r;
}
int known(void) { return __builtin_constant_p(3 * 4) + sizeof(long) * 10; }
int copied(unsigned long x)
{
	unsigned char from[8], to[8];

	__builtin_memcpy(from, &x, 8);
	__builtin_memset(to, 0xff, 8);
	__builtin_memcpy(to, from + 4, 4);
	return to[0] + to[7];
}
// run: swap16(0x1234) == 13330
// run: swap32(0x12345678) == 2018915346
// run: swap64(0x0102030405060708) == 578437695752307201
// run: leading(1) == 31
// run: trailing(0x100000000) == 32
// run: ones(0xff00ff00ff) == 24
// run: likely(4) == 1
// run: overflow(2147483647, 1) == -1
// run: overflow(20, 22) == 42
// run: known() == 81
// run(little): copied(0x1122334455667788) == 323
// run(big): copied(0x1122334455667788) == 340
