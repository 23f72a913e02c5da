// Other names of functions.
struct pair { int a, b; };
static long real(long x, int y) { return x * 10 + y; }
struct pair swap_pair(struct pair p) { return (struct pair){ p.b, p.a }; }
static int calls;
void real_count(void) { calls++; }
long other(long x, int y) __attribute__((alias("real")));
extern struct pair swapped(struct pair p) __attribute__((weak, alias("swap_pair")));
void count(void) __attribute__((alias("real_count")));
long use(int x) { struct pair p = swapped((struct pair){ x, 2 }); count(); return other(p.a, p.b) * 10 + calls; }
// run: use(3) == 231
// run: other(5, 6) == 56
