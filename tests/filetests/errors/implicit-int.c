// C once took `int` for a type that was left out.
g(void) { return 0; } //~ error: without a type
/*~ diagnostics
error[missing-type]: `g` is declared without a type; C no longer assumes `int`
 --> implicit-int.c:2:1
  |
2 | g(void) { return 0; } //~ error: without a type
  | ^
  |
  = help: write the type, as in `int g`
*/
