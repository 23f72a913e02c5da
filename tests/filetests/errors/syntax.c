// A syntax error names what was expected, where it is missing.
int f(int a)
{
	int b = a + 1 //~ error: expected `;` after `1`
	return b;
}
/*~ diagnostics
error[syntax]: expected `;` after `1`
 --> syntax.c:4:15
  |
4 |     int b = a + 1 //~ error: expected `;` after `1`
  |                  ^
*/
