// Statements behind a jump, once per place; a label makes them reachable.
// flags: -Wextra
int f(int x)
{
	if (x)
		goto out;
	return 1;
	x = 2; //~ warning: control never gets here
	x = 3;
out:
	return x;
}
// run: f(7) == 7
