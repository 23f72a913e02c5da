// Pointers cut to fewer bits.
int cut(void *p) { return (int)p; } //~ warning: a pointer has 64 bits; `int` holds 32 of them
long whole(void *p) { return (long)p; }
int meant(void *p) { return (int)(long)p; }
int flag(void *p) { return p ? 1 : 0; }
