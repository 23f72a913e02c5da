// A syntax error names what was found and what was expected, at the token.
int f(int a)
{
	int b = a + 1
	return b; //~ error: expected
}
