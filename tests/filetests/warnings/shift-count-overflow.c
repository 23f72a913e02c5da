// Shifts that C leaves undefined.
int all(int x) { return x << 32; } //~ warning: shift
int most(int x) { return x << 31; }
