// A syntax error names what was expected, where it is missing.
int f(int a)
{
	int b = a + 1 //~ error: expected `;` before `return`
	return b;
}
/*~ diagnostics
error[syntax]: expected `;` before `return`
 --> syntax.c:4:15
  |
4 |     int b = a + 1 //~ error: expected `;` before `return`
  |                  ^
*/
