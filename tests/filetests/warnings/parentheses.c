// An assignment as a condition; a second pair of parentheses says that it is meant.
// flags: -Wall
int f(int x, int y)
{
	if (x = y) //~ warning: this assigns where a condition is more usual
		return 1;
	if ((x = y + 1))
		return 2;
	return x == y;
}
