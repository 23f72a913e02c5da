// Names that hide others, if asked for.
// flags: -Wshadow
int count;
int f(int a)
{
	int count = a; //~ warning: `count` hides another one
	{
		int a = 1; //~ warning: `a` hides another one
		count += a;
	}
	return count;
}
