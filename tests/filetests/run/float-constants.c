// Floating-point constants are computed while compiling, with the rounding of their types.
#define MS(seconds) ((long)((seconds) * 1000))
static const int half = 3 * 0.5;
enum { LIMIT = (int)(2.75f * 4), COUNT = (int)1e3 };
int table[(int)2.5] = { 1.9, -1.9 };
_Static_assert(1.5 > 1, "compared as double");
_Static_assert(sizeof(1.0f) == 4 && sizeof 1.0 == 8 && sizeof(1.0L) == 8 && sizeof(1.0f + 1) == 4 && sizeof(1.0f + 1.0) == 8);
_Static_assert(_Generic(1.0f, float: 1, default: 2) == 1 && _Generic(1.0 + 1.0f, float: 1, double: 2) == 2);
_Static_assert(0x1.8p3 == 12 && 0x.8p1f == 1 && 1e-1 == .1 && 1.e2 == 100);
// 0.1 and 0.1f are different numbers, 16777217 is none that a `float` has.
_Static_assert(0.1 != 0.1f && 16777217 == 16777217.0 && (float)16777217 == 16777216.0f && 0.1f + 0.2f == (float)0.3);
_Static_assert(0.1 + 0.2 != 0.3 && 1 / 3.0f != 1 / 3.0 && 18446744073709551615u == 0x1p64);
_Static_assert(!0.0 && !!-0.5 && (0.0 || 1e-300) && (0.5 && 2) && (0.1 ? 1 : 0) && -0.0 == 0.0 && 1 / -0.0 < 0);
_Static_assert(0.0 / 0.0 != 0.0 / 0.0 && !(0.0 / 0.0 < 1) && !(0.0 / 0.0 >= 1));
_Static_assert((_Bool)0.1 == 1 && (unsigned char)255.9 == 255 && (long)-9223372036854775808.0 < 0);
struct mixed { char c; double d; float f; };
_Static_assert(sizeof(struct mixed) == 24 && __builtin_offsetof(struct mixed, f) == 16);
struct mixed global = { 'x', 1, 0.5 };
static const float fractions[] = { 1, -2.5, 0x1p-3 };
static const double large = 1e300;
int bits(int i) { const unsigned *p = (const unsigned *)fractions; return i >= 0 && i < 3 ? p[i] >> 16 : 0; }
long double_bits(void) { return *(long *)&global.d + *(unsigned *)&global.f + *(const long *)&large % 1000; }
long timeout(long seconds) { return seconds * MS(1.5) + (long)(1.5 ?: 2) + (0.5 > 0 ? 10 : 20.5 > 3); }
int sum(void) { return half + LIMIT + COUNT + table[0] + table[1] + (int)(10 / 4.0 * 2); }
// run: timeout(2) == 3011
// run: sum() == 1017
// run: bits(0) == 0x3f80
// run: bits(1) == 0xc020
// run: bits(2) == 0x3e00
// run: double_bits() == 4607182419856982204
