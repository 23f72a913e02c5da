// Arguments travel in R1 to R5.
static long (*made_up)(long a, long b, long c, long d, long e, long f) = (void *)77;
long f(long a)
{
	return made_up(a, a, a, a, a, a); //~ error: five
}
