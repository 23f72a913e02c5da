// Divisions by the constant zero.
int f(int x) { return x / 0; } //~ warning: this divides by zero
int g(int x) { return x % (2 - 2); } //~ warning: this divides by zero
