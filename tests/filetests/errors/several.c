// One run reports every function's errors.
int f(int a) { return b; } //~ error: `b`
int g(struct nothing *p) { return p->x; } //~ error: nothing
int h(int a) { return a.x; } //~ error: `int` has no member
/*~ diagnostics
error[undeclared]: `b` is not declared
 --> several.c:2:23
  |
2 | int f(int a) { return b; } //~ error: `b`
  |                       ^
error[incomplete-type]: the members of `struct nothing` are not known here
 --> several.c:3:38
  |
3 | int g(struct nothing *p) { return p->x; } //~ error: nothing
  |       --------------                 ^
  |       |
  |       only declared here
error[not-a-struct]: `int` has no member `x`
 --> several.c:4:25
  |
4 | int h(int a) { return a.x; } //~ error: `int` has no member
  |                         ^
*/
