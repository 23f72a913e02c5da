// Integer arithmetic of every width and signedness, with C's promotions and conversions.
int add(int a, int b) { return a + b; }
unsigned mul(unsigned a, unsigned b) { return a * b; }
long sub64(long a, long b) { return a - b; }
unsigned long mixed(int a, unsigned b) { return a + b; }
long widen(int a) { return a; }
unsigned long widen_unsigned(unsigned a) { return a; }
int narrow(long a) { return a; }
signed char to_schar(int a) { return a; }
unsigned char to_uchar(int a) { return a; }
short to_short(long a) { return a; }
_Bool to_bool(long a) { return a; }
int promote(unsigned char a, signed char b) { return a + b; }
int compare_signs(int a, unsigned b) { return a < b; }
// run: add(2147483647, 1) == -2147483648
// run: mul(65537, 65537) == 131073
// run: sub64(0, 1) == -1
// run: mixed(-1, 0) == 4294967295
// run: widen(-5) == -5
// run: widen_unsigned(-5) == 4294967291
// run: narrow(0x1234567890) == 878082192
// run: to_schar(200) == -56
// run: to_uchar(-1) == 255
// run: to_short(98304) == -32768
// run: to_bool(0x100000000) == 1
// run: to_bool(0) == 0
// run: promote(255, -128) == 127
// run: compare_signs(-1, 1) == 0
