// Pointers that lose a qualifier, unless a cast says so.
char *f(const char *p) { return p; } //~ warning: drops a qualifier
char *g(const char *p) { return (char *)p; }
