// Pointers to locals, pointer arithmetic, differences, comparisons.
static int swap_add(int *a, int *b)
{
	int t = *a;

	*a = *b;
	*b = t;
	return *a * 10 + *b;
}
int swap(int a, int b) { return swap_add(&a, &b); }
long distance(int i)
{
	long values[4] = { 10, 20, 30, 40 };
	long *p = values + (i & 3), *end = &values[4];

	return (end - p) * 100 + *p + (p < end);
}
int through(int x)
{
	int *p = &x, **pp = &p;

	**pp += 5;
	(*p)++;
	return x--;
}
unsigned char byte(unsigned long v, int i) { return ((unsigned char *)&v)[i & 7]; }
// run: swap(3, 4) == 43
// run: distance(1) == 321
// run: through(10) == 16
// run(little): byte(0x1122334455667788, 0) == 136
// run(big): byte(0x1122334455667788, 0) == 17
// run(little): byte(0x1122334455667788, 7) == 17
// run(big): byte(0x1122334455667788, 7) == 136
