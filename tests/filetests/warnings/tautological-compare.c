// Comparisons of a variable with itself.
// flags: -Wall
int f(int a) { return a == a; } //~ warning: this compares a variable with itself
int g(volatile int *a) { return *a == *a; }
