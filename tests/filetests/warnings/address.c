// Conditions that are addresses of what is there; a weak symbol may be null.
// flags: -Wall
int counter;
extern int maybe __attribute__((weak));
int f(void)
{
	int x = 1, a[2] = { 1, 2 };
	if (&counter) //~ warning: this address is never null
		x = 2;
	if (a) //~ warning: this address is never null
		x++;
	if (&maybe)
		x++;
	return x;
}
