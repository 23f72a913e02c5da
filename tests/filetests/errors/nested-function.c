// GNU C's functions inside of functions need code on the stack.
int f(int x)
{
	int twice(int y) { return y * x; } //~ error: cannot be defined inside of another
	return twice(2);
}
/*~ diagnostics
error[syntax]: a function cannot be defined inside of another
 --> nested-function.c:4:19
  |
3 | {
  | - this `{` is still open
4 |     int twice(int y) { return y * x; } //~ error: cannot be defined inside of another
  |                      ^
  |
  = help: close the function above with `}`, or define it above and pass what it needs as arguments
*/
