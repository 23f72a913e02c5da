// Labels that nothing jumps to.
// flags: -Wall
int f(int x)
{
	if (x)
		goto out;
	x = 2;
idle: //~ warning: nothing jumps to the label `idle`
	x++;
out:
	return x;
}
