// Pointers that become pointers to something else without a cast.
struct a { int x; };
struct b { int x; };
struct b *f(struct a *p) { return p; } //~ warning: this points to something else
struct b *g(struct a *p) { return (struct b *)p; }
struct b *h(void *p) { return p; }
