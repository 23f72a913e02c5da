// A `memset` of no bytes.
// flags: -Wall
#include <string.h>
void f(char *p) { memset(p, 16, 0); } //~ warning: this sets no bytes
void g(char *p) { memset(p, 0, 16); }
