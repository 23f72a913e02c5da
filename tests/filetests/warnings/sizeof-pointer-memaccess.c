// Lengths that are the size of a pointer.
// flags: -Wall
#include <string.h>
struct s { long a, b; };
void f(struct s *p) { memset(p, 0, sizeof(p)); } //~ warning: this is the size of the pointer `p`
void g(struct s *p) { memset(p, 0, sizeof(*p)); }
void h(struct s *p, struct s *q) { memcpy(p, q, sizeof q); } //~ warning: this is the size of the pointer `q`
