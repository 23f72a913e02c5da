// Accesses through the null pointer, but not addresses relative to it.
struct s { int a, b; };
int f(void) { return *(int *)0; } //~ warning: this is the null pointer
void g(void) { ((struct s *)0)->b = 1; } //~ warning: this is the null pointer
long h(void) { return (long)&((struct s *)0)->b; }
