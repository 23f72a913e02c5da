// Empty templates: the compiler may not look through them, and they cost nothing.
int doubled(int x)
{
	asm volatile("" : "+r"(x));
	return x + x;
}

long tied(long x)
{
	long y;

	__asm__("" : "=r"(y) : "0"(x));
	return y + 1;
}

unsigned char narrow(unsigned char x)
{
	asm volatile("" : "+r"(x) :: "memory");
	return x + 1;
}

int stored(int x)
{
	int array[2] = {x, 7};

	asm volatile("" ::: "memory");
	asm volatile("" :: "r"(array) : "memory");
	__asm__ __volatile__("" :: "r"(x));
	asm("");
	return array[0] + array[1];
}

int *pointer(int *p)
{
	asm volatile("" : "+r"(p));
	return p;
}

int through(int x) { return *pointer(&x); }
// run: doubled(21) == 42
// run: doubled(-4) == -8
// run: tied(0x1234567890) == 0x1234567891
// run: narrow(255) == 0
// run: stored(35) == 42
// run: through(9) == 9
