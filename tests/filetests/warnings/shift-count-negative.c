// Shifts by negative numbers.
int f(int x) { return x >> -1; } //~ warning: shifting it by -1 is not defined
int g(int x) { return x >> 1; }
