// One run reports every function's errors.
int f(int a) { return b; } //~ error: `b`
int g(struct nothing *p) { return p->x; } //~ error: nothing
int h(int a) { return a.x; } //~ error: `x`
