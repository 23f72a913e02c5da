// The assembly of a naked function may name functions that are defined behind it.
__attribute__((naked))
int start(int a)
{
	asm volatile("call later; r0 += 1; exit" ::: "r0");
}

static __attribute__((naked, noinline, used))
long later(long a)
{
	asm volatile("r0 = r1; r0 *= 2; exit" ::: "r0");
}
// run: start(20) == 41
