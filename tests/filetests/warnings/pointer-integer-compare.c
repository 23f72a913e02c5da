// Pointers compared with numbers other than zero.
int f(char *p) { return p == 5; } //~ warning: this compares a pointer with an integer
int g(char *p) { return p == 0; }
