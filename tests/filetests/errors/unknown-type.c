// An unknown type name.
int f(uint33_t a) { return a; } //~ error: uint33_t
