// Builtins that move and count bits, computed when compiling and when running.
typedef unsigned __int128 u128;
unsigned reversed8(unsigned char x) { return __builtin_bitreverse8(x); }
unsigned reversed16(unsigned short x) { return __builtin_bitreverse16(x); }
unsigned reversed32(unsigned x) { return __builtin_bitreverse32(x); }
unsigned long reversed64(unsigned long x) { return __builtin_bitreverse64(x); }
unsigned left8(unsigned char x, unsigned char n) { return __builtin_rotateleft8(x, n); }
unsigned left16(unsigned short x, unsigned short n) { return __builtin_rotateleft16(x, n); }
unsigned left32(unsigned x, unsigned n) { return __builtin_rotateleft32(x, n); }
unsigned long left64(unsigned long x, unsigned long n) { return __builtin_rotateleft64(x, n); }
unsigned right8(unsigned char x, unsigned char n) { return __builtin_rotateright8(x, n); }
unsigned right32(unsigned x, unsigned n) { return __builtin_rotateright32(x, n); }
unsigned long right64(unsigned long x, unsigned long n) { return __builtin_rotateright64(x, n); }
int signs(int x) { return __builtin_clrsb(x); }
int long_signs(long x) { return __builtin_clrsbl(x) + 100 * __builtin_clrsbll(x); }
long swapped(unsigned long hi, unsigned long lo)
{
	u128 v = __builtin_bswap128((u128)hi << 64 | lo);

	return (long)(v >> 64) * 3 + (long)v;
}
int counts(unsigned x, unsigned long y)
{
	return __builtin_parity(x) + 2 * __builtin_ffs(x) + 100 * __builtin_ffsll(y) + 10000 * __builtin_clzll(y | 1);
}
int known(void)
{
	_Static_assert(__builtin_bitreverse8(1) == 128 && __builtin_bitreverse32(2) == 0x40000000, "");
	_Static_assert(__builtin_rotateleft8(0x81, 1) == 3 && __builtin_rotateright16(1, 17) == 0x8000, "");
	_Static_assert(__builtin_rotateleft64(5, 0) == 5 && __builtin_rotateright32(5, 32) == 5, "");
	_Static_assert(__builtin_clrsb(0) == 31 && __builtin_clrsb(-1) == 31 && __builtin_clrsbl(1) == 62, "");
	_Static_assert(__builtin_bswap128((u128)1) == (u128)1 << 120, "");
	return 1;
}
// run: reversed8(1) == 128
// run: reversed8(0xb1) == 141
// run: reversed16(0x1234) == 11336
// run: reversed32(0x12345678) == 510274632
// run: reversed64(0x123456789abcdef0) == 1115552785675988040
// run: left8(0x81, 1) == 3
// run: left8(0x35, 12) == 83
// run: left16(0x8001, 4) == 24
// run: left32(0x80000001, 0) == 2147483649
// run: left32(0x80000001, 33) == 3
// run: left64(0x8000000000000001, 63) == -4611686018427387904
// run: right8(0x81, 1) == 192
// run: right32(0x80000001, 31) == 3
// run: right64(5, 0) == 5
// run: right64(5, 65) == -9223372036854775806
// run: signs(0) == 31
// run: signs(-1) == 31
// run: signs(-2147483647) == 0
// run: signs(255) == 23
// run: long_signs(-256) == 5555
// run: swapped(1, 2) == 504403158265495552
// run: swapped(0x0102030405060708, -1) == 578437695752307198
// run: counts(0, 0) == 630000
// run: counts(0x30, 0x100) == 550910
// run: known() == 1
