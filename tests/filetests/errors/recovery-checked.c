// Functions beside a broken one are checked, and know it.
int broken(int x)
{
	return x + ; //~ error: expected an expression before `;`
}
int fine(int x) { return broken(x); }
int other(int x) { return broken(x) + y; } //~ error: `y` is not declared
/*~ diagnostics
error[syntax]: expected an expression before `;`
 --> recovery-checked.c:4:13
  |
4 |     return x + ; //~ error: expected an expression before `;`
  |                ^
error[undeclared]: `y` is not declared
 --> recovery-checked.c:7:39
  |
7 | int other(int x) { return broken(x) + y; } //~ error: `y` is not declared
  |                                       ^
*/
