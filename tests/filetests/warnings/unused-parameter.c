// Parameters that the function does not mention; one without a name is not meant to be.
// flags: -Wextra
int f(int x, int idle) { return x; } //~ warning: nothing uses the parameter `idle`
int g(int x, int) { return x; }
