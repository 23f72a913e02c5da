// flags: --no-loops
// For kernels that take no loops, longer ones are written out as well.
int sum(void)
{
	int sum = 0;

	for (int i = 0; i < 200; i++)
		sum += i * i;
	return sum;
}
/*~ asm
sum:
    r0 = 2646700
    exit
*/
