// Static functions that nothing refers to, unless they are inline or say that they may be.
// flags: -Wall
static int idle(void) { return 1; } //~ warning: nothing uses the function `idle`
static inline int offered(void) { return 2; }
__attribute__((unused)) static int quiet(void) { return 3; }
static int used(void) { return 4; }
int f(void) { return used(); }
