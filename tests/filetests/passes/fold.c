// Constants are computed by the compiler.
int f(void)
{
	int a = 6, b = 7;

	return a * b + (a > b ? 100 : 0) - (sizeof(long) - 8);
}
// run: f() == 42
/*~ ir:after=fold
*/
/*~ asm
*/
