// Division and remainder, signed and unsigned; signed ones exist as instructions only from v4 on.
unsigned udiv(unsigned a, unsigned b) { return a / b; }
unsigned umod(unsigned a, unsigned b) { return a % b; }
unsigned long udiv64(unsigned long a, unsigned long b) { return a / b; }
int sdiv(int a, int b) { return a / b; }
int smod(int a, int b) { return a % b; }
long sdiv64(long a, long b) { return a / b; }
long smod64(long a, long b) { return a % b; }
int by_seven(int a) { return a / 7; }
int by_minus_two(int a) { return a % -2; }
// run: udiv(4294967295, 2) == 2147483647
// run: umod(4294967295, 10) == 5
// run: udiv64(-1, 3) == 6148914691236517205
// run: sdiv(-7, 2) == -3
// run: sdiv(7, -2) == -3
// run: sdiv(-7, -2) == 3
// run: smod(-7, 2) == -1
// run: smod(7, -2) == 1
// run: sdiv64(-9223372036854775807, 10) == -922337203685477580
// run: smod64(-9223372036854775807, 10) == -7
// run: by_seven(-100) == -14
// run: by_minus_two(-5) == -1
