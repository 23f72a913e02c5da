// Signed numbers that a comparison makes unsigned, if they can be negative.
// flags: -Wextra
int f(int a, unsigned b) { return a < b; } //~ warning: this compares a signed `int` as an unsigned number
int cast(int a, unsigned b) { return (unsigned)a < b; }
int constant(unsigned b) { return 5 < b; }
int small(unsigned char a, unsigned b) { return a < b; }
// run: f(4294967295, 1) == 0
