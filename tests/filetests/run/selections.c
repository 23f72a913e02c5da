// `_Generic`, `?:` without a middle, statement expressions, `switch` with ranges and wide values, Duff's device.
int types(int *const p, const int *q) {
    char a[3];
    return _Generic(p, int *: 1, default: 2) + _Generic(*q, int: 10, const int: 20) + _Generic((const int)1, int: 100)
        + _Generic("a", char *: 1000) + _Generic(a, char *: 10000) * _Generic(&a, char (*)[3]: 2)
        + _Generic(types, int (*)(int *, const int *): 100000) + _Generic('a', int: 3) + _Generic(1u << 2, unsigned: 5);
}
int call_types(void) { int x = 0; return types(&x, &x); }
static int count;
static int next(void) { return ++count; }
int omitted(int x) {
    count = x;
    int a = next() ?: 5, b = (count = 0) ?: next();
    return a * 100 + b * 10 + ((char)0 ?: 3);
}
int expressions(int x) { return ({ int y = x; typedef int t; struct q { t a; } z = { y }; z.a + 1; }) * 10 + ({ x++; x; }); }
int unsigned_char(unsigned char c) {
    switch (c) { case 'a' ... 'z': return 1; case 200 ... 255: return 2; case 0: return 3; case -1: return 4; }
    return 0;
}
int negative(int x) { switch (x) { case -5 ... -1: return 1; case 0 ... 0x7fffffff: return 2; default: return 3; } }
int high(unsigned x) { switch (x) { case 0xfffffff0 ... 0xffffffff: return 1; case 3 ... 5: return 9; } return 0; }
int wide(long x) {
    switch (x) {
    case 0x100000000: return 1;
    case 0x7fffffffffffffff: return 2;
    case -0x7fffffffffffffff - 1 ... -10: return 3;
    case 0: return 4;
    }
    return 0;
}
int before_cases(int n) { switch (n) { int x; case 1: x = 3; return x; default: return 0; } }
int duff(int n) {
    char source[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, target[8] = { 0 }, *to = target, *from = source;
    int rounds = (n + 3) / 4;
    if (n < 1 || n > 8) return -1;
    switch (n % 4) {
    case 0: do { *to++ = *from++;
    case 3:      *to++ = *from++;
    case 2:      *to++ = *from++;
    case 1:      *to++ = *from++;
            } while (--rounds > 0);
    }
    int sum = 0;
    for (int i = 0; i < 8; i++) sum = sum * 2 + target[i];
    return sum;
}
// run: call_types() == 121119
// run: omitted(0) == 113
// run: omitted(-1) == 513
// run: expressions(4) == 55
// run: unsigned_char(97) == 1
// run: unsigned_char(122) == 1
// run: unsigned_char(123) == 0
// run: unsigned_char(200) == 2
// run: unsigned_char(255) == 2
// run: unsigned_char(0) == 3
// run: unsigned_char(199) == 0
// run: negative(-6) == 3
// run: negative(-5) == 1
// run: negative(-1) == 1
// run: negative(0) == 2
// run: negative(2147483647) == 2
// run: high(0xfffffff0) == 1
// run: high(4) == 9
// run: high(6) == 0
// run: high(0xffffffff) == 1
// run: wide(0x100000000) == 1
// run: wide(0x7fffffffffffffff) == 2
// run: wide(-10) == 3
// run: wide(-9) == 0
// run: wide(0) == 4
// run: before_cases(1) == 3
// run: before_cases(2) == 0
// run: duff(1) == 128
// run: duff(2) == 256
// run: duff(3) == 352
// run: duff(4) == 416
// run: duff(5) == 456
// run: duff(8) == 502
// run: duff(9) == -1
