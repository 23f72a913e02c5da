// Jumps, labels, calls, clobbered registers and register variables in inline assembly.
long largest(long a, long b)
{
	asm("if %0 s> %1 goto l_%=; %0 = %1; l_%=:" : "+r"(a) : "r"(b));
	return a;
}

long twice(long a, long b, long c) { return largest(largest(a, b), c); }

long skip(long a)
{
	asm("if %0 == 0 goto +1; %0 = 7" : "+r"(a));
	return a;
}

long numbered(long n)
{
	long sum;

	asm("%0 = 0; 1: if %1 == 0 goto 1f; %0 += %1; %1 += -1; goto 1b; 1:" : "=&r"(sum), "+r"(n));
	return sum;
}

long bounded(long n)
{
	long sum;

	asm("%0 = 0; 1: may_goto 2f; %0 += 2; %1 += -1; if %1 != 0 goto 1b; 2:" : "=&r"(sum), "+r"(n));
	return sum;
}

__attribute__((noinline)) static long negated(long x) { return -x; }

long by_name(long x)
{
	long r;

	asm volatile("r1 = %1; call negated; %0 = r0"
		     : "=r"(r) : "r"(x) : "r0", "r1", "r2", "r3", "r4", "r5");
	return r;
}

long by_operand(long x, long kept)
{
	long r;

	asm volatile("r1 = %1; call %[f]; %0 = r0"
		     : "=r"(r) : "r"(x), [f] "i"(negated) : "r0", "r1", "r2", "r3", "r4", "r5");
	return r + kept;
}

static long counter = 30;

long global(long by)
{
	long r;

	asm volatile("r1 = counter ll; r2 = *(u64 *)(r1 + 0); r2 += %1; *(u64 *)(r1 + 0) = r2; %0 = r2"
		     : "=r"(r) : "r"(by) : "r1", "r2", "memory");
	return r;
}

long everything_clobbered(long a, long b, long c)
{
	asm volatile("r0 = 0; r1 = 0; r2 = 0; r3 = 0; r4 = 0; r5 = 0; r6 = 0; r7 = 0; r8 = 0; r9 = 0"
		     ::: "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "memory");
	return a + b * 2 + c * 3;
}

long variables(long x)
{
	register long a asm("r3") = x;
	register long b asm("r7");

	asm volatile("r7 = r3; r7 <<= 2" : "=r"(b) : "r"(a));
	return a + b;
}

long atomic(long x)
{
	long memory = 5;

	asm volatile("lock *(u64 *)(%0 + 0) += %1" :: "r"(&memory), "r"(x) : "memory");
	return memory;
}

long moves(long x)
{
	asm volatile("%0 = %0; goto +1; %0 = %0; %0 += 1" : "+r"(x));
	return x;
}
// run: largest(3, 5) == 5
// run: largest(-3, -5) == -3
// run: twice(1, 9, 4) == 9
// run: skip(0) == 0
// run: skip(5) == 7
// run: numbered(10) == 55
// run: bounded(3) == 6
// run: by_name(5) == -5
// run: by_operand(5, 7) == 2
// run: global(12) == 42
// run: everything_clobbered(1, 2, 3) == 14
// run: variables(3) == 15
// run: atomic(2) == 7
// run: moves(4) == 5
