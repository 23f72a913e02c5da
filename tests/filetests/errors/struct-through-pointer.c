// Which registers a struct travels in depends on the function, and that is not known here.
struct pair { int a, b; };
typedef int of_pair(struct pair);
static int first(struct pair p) { return p.a; }
static of_pair *volatile reader = first;
int by_value(void) { return reader((struct pair){1, 2}); } //~ error: by value
/*~ diagnostics
error[struct-by-value]: a function that is called through a pointer receives a struct by value; a function outside of this file takes up to 16 bytes in registers and gives back a number
 --> struct-through-pointer.c:6:36
  |
6 | int by_value(void) { return reader((struct pair){1, 2}); } //~ error: by value
  |                                    ^^^^^^^^^^^^^^^^^^^
  |
  = help: pass a pointer to the struct
*/
