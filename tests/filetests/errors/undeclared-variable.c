// An undeclared variable, with the name that was probably meant.
int f(int count)
{
	return coumt + 1; //~ error: `coumt`
}
