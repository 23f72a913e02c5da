// A function that calls itself, directly or through others.
__attribute__((noinline)) int odd(int n);
int even(int n) { return n == 0 ? 1 : odd(n - 1); }
int odd(int n) { return n == 0 ? 0 : even(n - 1); } //~ error: recursi
