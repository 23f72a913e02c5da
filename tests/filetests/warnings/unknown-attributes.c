// Attributes that mean nothing here.
__attribute__((sparkling)) int f(void) { return 1; } //~ warning: attribute `sparkling` is not known here
__attribute__((hot)) int g(void) { return 1; }
