// C once took `int` for a type that was left out, also behind `static`.
int f(void) { static counter; return ++counter; } //~ error: without a type
/*~ diagnostics
error[missing-type]: `counter` is declared without a type; C no longer assumes `int`
 --> implicit-int-variable.c:2:22
  |
2 | int f(void) { static counter; return ++counter; } //~ error: without a type
  |                      ^^^^^^^
  |
  = help: write the type, as in `int counter`
*/
