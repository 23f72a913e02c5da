// Pointers to different things.
int f(int *a, long *b, void *c) { return a == b; } //~ warning: this compares pointers to different things
int g(int *a, long *b, void *c) { return a == c; }
