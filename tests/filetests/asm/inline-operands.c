// Operands of inline assembly: registers, constants, memory, by number and by name.
long add(long a, long b)
{
	asm("%0 += %1" : "+r"(a) : "r"(b));
	return a;
}

long named(long a, long b)
{
	long sum, product;

	asm("%[sum] = %[a]; %[sum] += %[b]\n\t"
	    "%[product] = %[a]; // comments stay behind\n"
	    "%[product] *= %[b]"
	    : [sum] "=&r"(sum), [product] "=&r"(product)
	    : [a] "r"(a), [b] "r"(b));
	return sum * 1000 + product;
}

unsigned low(unsigned long a)
{
	unsigned r;

	asm("%w0 = %w1; %w0 += 1" : "=r"(r) : "r"(a));
	return r;
}

long widened(int a)
{
	long r;

	asm("%0 = %1" : "=r"(r) : "r"(a));
	return r;
}

long unsigned_widened(unsigned a)
{
	long r;

	asm("%0 = %1" : "=r"(r) : "r"(a));
	return r;
}

signed char cut(int a)
{
	signed char r;

	asm("%0 = %1" : "=r"(r) : "r"(a));
	return r;
}

enum { FIVE = 5 };

long constants(long a)
{
	asm("%0 += %1; %0 *= %[two]; %0 += %3" : "+r"(a) : "i"(FIVE), [two] "ri"(1 + 1), "n"(-3L));
	return a;
}

long wide_constant(void)
{
	long r;

	asm("%0 = %1 ll" : "=r"(r) : "i"(0x1122334455667788));
	return r;
}

static inline __attribute__((always_inline)) long plus(long a, const int by)
{
	asm("%0 += %1" : "+r"(a) : "i"(by));
	return a;
}

long after_inlining(long a) { return plus(a, 30) + plus(a, -1); }

struct pair {
	int first;
	int second;
};

long memory(int a)
{
	struct pair pair = {a, 3};
	long r;

	asm volatile("%0 = *(u32 *)%1\n%0 += 1\n*(u32 *)%2 = %0" : "=&r"(r) : "m"(pair.second), "m"(pair.first));
	return pair.first * 100 + r;
}

int memory_output(int a)
{
	int x = 1;

	asm volatile("r1 = %1; *(u32 *)%0 = r1" : "=m"(x) : "r"(a) : "r1");
	return x;
}

long offset(struct pair *pair)
{
	long r;

	asm volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(r) : "r"(pair), "i"(__builtin_offsetof(struct pair, second)));
	return r;
}

long offset_of(int a)
{
	struct pair pair = {1, a};

	return offset(&pair);
}

unsigned short swapped(unsigned short x)
{
	asm("%0 = be16 %0" : "+r"(x));
	return x;
}

long remainder(unsigned long a)
{
	asm("%0 %%= 10" : "+r"(a));
	return a;
}
// run: add(40, 2) == 42
// run: named(6, 7) == 13042
// run: low(0xff00000001) == 2
// run: widened(-5) == -5
// run: unsigned_widened(0xfffffffe) == 0xfffffffe
// run: cut(0x1ff) == -1
// run: constants(1) == 9
// run: wide_constant() == 0x1122334455667788
// run: after_inlining(1) == 31
// run: memory(5) == 404
// run: memory_output(17) == 17
// run: offset_of(11) == 11
// run(little): swapped(0x1234) == 0x3412
// run(big): swapped(0x1234) == 0x1234
// run: remainder(1234) == 4

unsigned lower(unsigned a, unsigned long b)
{
	unsigned r;

	asm("%0 = %1; %0 += %2; %w0 += 1" : "=&w"(r) : "w"(a), "w"(b));
	return r;
}

long anything(long a)
{
	asm("%0 += %1; %0 += %2; %0 += %3 * 2 - (1 << 2)" : "+&r"(a) : "X"(1), "p"(a), "I"(10));
	return a;
}

long arithmetic(struct pair *pair)
{
	long r;

	asm volatile("%[r]=*(u32*)(%[p]+%[off]-4)\n\t%[r] <<= %[off] * 8"
		     : [r] "=&r,r"(r) : [p] "r,r"(pair), [off] "i,n"(__builtin_offsetof(struct pair, second)));
	return r;
}

long arithmetic_of(int a)
{
	struct pair pair = {a, 1};

	return arithmetic(&pair);
}

/* Cut to 32 bits, and extended from there. */
long unsigned_constant(void)
{
	long r;

	asm("%0 = 0xfffffffe" : "=r"(r));
	return r;
}
// run: lower(0xffffffff, 0xf00000005) == 5
// run: anything(5) == 27
// run: arithmetic_of(3) == 0x300000000
// run: unsigned_constant() == -2
