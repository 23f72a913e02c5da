// Shifts, and shifts combined to rotate.
unsigned left(unsigned a, int n) { return a << n; }
unsigned logical(unsigned a, int n) { return a >> n; }
int arithmetic(int a, int n) { return a >> n; }
long arithmetic64(long a, long n) { return a >> n; }
unsigned rotate(unsigned a, int n) { return a << n | a >> (32 - n); }
unsigned char narrow_shift(unsigned char a) { return a << 4 >> 4; }
// run: left(1, 31) == 2147483648
// run: logical(-1, 28) == 15
// run: arithmetic(-256, 4) == -16
// run: arithmetic64(-1, 63) == -1
// run: rotate(0x80000001, 4) == 24
// run: narrow_shift(0xab) == 171
