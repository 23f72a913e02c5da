// When the outer loop is unrolled, what comes after an inner loop stands before that loop.
unsigned long mix(unsigned long x, unsigned n)
{
	unsigned long h = 0;
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < n; i++)
			h = (h << 5) + (x ^ i) + (h >> 3);
	return h;
}
// run: mix(7, 2) == 245176174
