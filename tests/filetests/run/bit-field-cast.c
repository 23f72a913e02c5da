// A narrow unsigned bit-field promotes to int, but a cast to its declared type makes it unsigned again.
struct bits {
	signed int i : 7;
	unsigned int u : 7;
	unsigned long long w : 5;
};
int promoted(int i, unsigned int u)
{
	struct bits b = { .u = u };

	return i % b.u;
}
unsigned int cast(int i, unsigned int u)
{
	struct bits b = { .u = u };

	return i % (unsigned int)b.u;
}
int compared(unsigned int u)
{
	struct bits b = { .u = u };

	return -1 < (unsigned int)b.u;
}
int wide(unsigned int w)
{
	struct bits b = { .w = w };

	return -1 < (unsigned long long)b.w;
}
int narrow(unsigned int w)
{
	struct bits b = { .w = w };

	return -1 < b.w;
}
// run: promoted(-13, 61) == -13
// run: cast(-13, 61) == 44
// run: compared(3) == 0
// run: wide(3) == 0
// run: narrow(3) == 1
