// Constants that are computed and do not fit; unsigned arithmetic wraps.
int f(void) { return 2147483647 + 1; } //~ warning: the result does not fit `int`
int g(void) { return 1000000 * 1000000; } //~ warning: the result does not fit `int`
unsigned h(void) { return 4294967295u + 1; }
long i(void) { return 1000000L * 1000000; }
