// Pragmas switch warnings for a part of the program.
// flags: -Wall
int before(void) { int a; return 1; } //~ warning: nothing uses the variable `a`
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-variable"
int inside(void) { int b; return 1; }
#pragma clang diagnostic error "-Wunused"
int severe(void) { int c; return 1; } //~ error: nothing uses the variable `c`
#pragma GCC diagnostic pop
int behind(void) { int d; return 1; } //~ warning: nothing uses the variable `d`
