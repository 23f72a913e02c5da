// 128-bit integers: all operations but division, which has a file of its own.
typedef __int128 s128;
typedef unsigned __int128 u128;
static s128 signed_of(long hi, long lo) { return ((s128)hi << 64) | (unsigned long)lo; }
static u128 unsigned_of(long hi, long lo) { return ((u128)(unsigned long)hi << 64) | (unsigned long)lo; }
static __attribute__((noinline)) u128 times(u128 a, u128 b) { return a * b; }

long add_high(long a, long b) { return (unsigned_of(1, a) + unsigned_of(2, b)) >> 64; }
long sub_high(long a, long b) { return (signed_of(1, a) - signed_of(2, b)) >> 64; }
long sub_low(long a, long b) { return signed_of(1, a) - signed_of(2, b); }
long mul_high(long a, long b) { return ((s128)a * b) >> 64; }
long mul_high_unsigned(unsigned long a, unsigned long b) { return ((u128)a * b) >> 64; }
long mul_both(long a, long b) { u128 p = times(unsigned_of(a, b), unsigned_of(b, a)); return (long)(p >> 64) ^ (long)p; }
long shift_left(long a, int n) { u128 v = unsigned_of(0x1234, a) << n; return (long)(v >> 64) * 31 + (long)v; }
long shift_right(long a, int n) { s128 v = signed_of(-0x1234, a) >> n; return (long)(v >> 64) * 31 + (long)v; }
long logical_right(long a, int n) { u128 v = unsigned_of(-0x1234, a) >> n; return (long)(v >> 64) * 31 + (long)v; }
int less(long ah, long al, long bh, long bl) { return signed_of(ah, al) < signed_of(bh, bl); }
int at_least(long ah, long al, long bh, long bl) { return unsigned_of(ah, al) >= unsigned_of(bh, bl); }
int same(long ah, long al, long bh, long bl) { return signed_of(ah, al) == signed_of(bh, bl); }
long bits(long a, long b) { u128 v = (unsigned_of(a, b) & ~unsigned_of(b, a)) ^ (unsigned_of(1, 2) | unsigned_of(a, a)); return (long)(v >> 64) - (long)v; }
long negative(long a) { s128 v = -(s128)a; return (long)(v >> 64) * 3 + (long)v; }
int truth(long a, long b) { u128 v = unsigned_of(a, b); return v ? !v + 5 : !v + 7; }
long from_int(int a) { s128 v = a; u128 w = (unsigned)a; return (long)(v >> 64) + (long)(w >> 64) * 2 + (long)w; }
long counted(long a) { u128 v = unsigned_of(0, a); v++; v += 2; v <<= 3; v -= 1; --v; return (long)(v >> 64) * 7 + (long)v; }
int in_memory(long a, long b) { u128 array[2] = { unsigned_of(a, b), 5 }; u128 *p = array; return p[0] + p[1] == unsigned_of(a, b + 5); }
int wide_switch(long a) { switch (signed_of(a, 7)) { case 7: return 1; case ((s128)5 << 64) + 7: return 2; default: return 3; } }
// run: add_high(-1, 1) == 4
// run: add_high(5, 6) == 3
// run: sub_high(0, 1) == -2
// run: sub_high(1, 0) == -1
// run: sub_low(0, 1) == -1
// run: mul_high(-1, 1) == -1
// run: mul_high(0x7fffffffffffffff, 0x7fffffffffffffff) == 4611686018427387903
// run: mul_high(-0x7fffffffffffffff, 0x123456789abcdef) == -40992764608243448
// run: mul_high_unsigned(-1, -1) == -2
// run: mul_both(0x123456789abcdef, -77) == 8479495982878131493
// run: shift_left(-3, 0) == 144457
// run: shift_left(-3, 5) == 4623585
// run: shift_left(-3, 64) == -93
// run: shift_left(-3, 100) == -6390911336448
// run: shift_right(-3, 0) == -144463
// run: shift_right(-3, 9) == -1837468647967162679
// run: shift_right(-3, 64) == -4691
// run: shift_right(-3, 90) == -32
// run: logical_right(77, 3) == 6917529027641063792
// run: logical_right(77, 65) == 9223372036854773478
// run: less(0, -1, 1, 0) == 1
// run: less(-1, 0, 0, 0) == 1
// run: less(3, 4, 3, 4) == 0
// run: less(3, 4, 3, -4) == 1
// run: at_least(-1, 0, 5, 5) == 1
// run: at_least(5, 5, 5, 6) == 0
// run: same(1, 2, 1, 2) == 1
// run: same(1, 2, 2, 2) == 0
// run: bits(0x0ff00ff00ff00ff0, 0x123456789abcdef) == -1068279551271617052
// run: negative(5) == -8
// run: negative(-5) == 5
// run: truth(0, 0) == 8
// run: truth(1, 0) == 5
// run: from_int(-3) == 4294967292
// run: counted(-2) == 62
// run: in_memory(3, 4) == 1
// run: in_memory(3, -4) == 0
// run: wide_switch(0) == 1
// run: wide_switch(5) == 2
// run: wide_switch(6) == 3
