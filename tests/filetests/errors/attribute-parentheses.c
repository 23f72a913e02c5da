// An attribute needs two pairs of parentheses, one in the other.
static __attribute__() noinline)) int five(void) { return 5; } //~ error: expected
/*~ diagnostics
error[syntax]: expected something else before `(`
 --> attribute-parentheses.c:2:21
  |
2 | static __attribute__() noinline)) int five(void) { return 5; } //~ error: expected
  |                     ^
*/
