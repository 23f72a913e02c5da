// A `;` that may be one too many.
// flags: -Wextra
int f(int x)
{
	if (x); //~ warning: this `if` does nothing
		x = 1;
	if (x)
		x = 2;
	else; //~ warning: this `else` does nothing
	return x;
}
