// Arithmetic that says whether it was exact.
int mul_signed(long a, long b) { long r; int o = __builtin_mul_overflow(a, b, &r); return o * 1000 + (int)(r & 0xff); }
int mul_unsigned(unsigned long a, unsigned long b) { unsigned long r; int o = __builtin_mul_overflow(a, b, &r); return o * 1000 + (int)(r & 0xff); }
int mul_mixed(long a, unsigned long b) { long r; int o = __builtin_mul_overflow(a, b, &r); return o * 1000 + (int)(r & 0xff); }
int mul_narrow(long a, int b) { short r; int o = __builtin_mul_overflow(a, b, &r); return o * 1000 + (r & 0xff); }
int mul_into_unsigned(long a, long b) { unsigned long r; int o = __builtin_mul_overflow(a, b, &r); return o * 1000 + (int)(r & 0xff); }
int add_mixed(long a, unsigned long b) { unsigned long r; int o = __builtin_add_overflow(a, b, &r); return o * 1000 + (int)(r & 0xff); }
int sub_unsigned(unsigned long a, unsigned long b) { unsigned long r; int o = __builtin_sub_overflow(a, b, &r); return o * 1000 + (int)(r & 0xff); }
int add_int(int a, int b) { int r; int o = __builtin_sadd_overflow(a, b, &r); return o * 1000 + (r & 0xff); }
// run: mul_signed(3, 4) == 12
// run: mul_signed(0x4000000000000000, 2) == 1000
// run: mul_signed(-0x4000000000000000, 2) == 0
// run: mul_signed(-0x4000000000000001, 2) == 1254
// run: mul_signed(0x100000000, 0x7fffffff) == 0
// run: mul_signed(0x100000000, 0x80000000) == 1000
// run: mul_signed(-1, -0x7fffffffffffffff) == 255
// run: mul_unsigned(-1, 1) == 255
// run: mul_unsigned(-1, 2) == 1254
// run: mul_unsigned(0x100000000, 0xffffffff) == 0
// run: mul_unsigned(0x100000000, 0x100000000) == 1000
// run: mul_mixed(-1, 5) == 251
// run: mul_mixed(-2, 0x4000000000000000) == 0
// run: mul_mixed(-3, 0x4000000000000000) == 1000
// run: mul_mixed(1, -1) == 1255
// run: mul_narrow(300, 100) == 48
// run: mul_narrow(400, 100) == 1064
// run: mul_into_unsigned(-1, -1) == 1
// run: mul_into_unsigned(-1, 1) == 1255
// run: add_mixed(-1, 1) == 0
// run: add_mixed(-2, 1) == 1255
// run: add_mixed(1, -1) == 1000
// run: sub_unsigned(1, 2) == 1255
// run: sub_unsigned(2, 1) == 1
// run: add_int(0x7fffffff, 1) == 1000
// run: add_int(-5, 1) == 252
