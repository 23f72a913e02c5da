// Computations whose result goes nowhere.
// flags: -Wall
int f(int x)
{
	x + 1; //~ warning: nothing uses this value
	x == 2; //~ warning: nothing uses this value
	(void)x;
	x++;
	return x;
}
