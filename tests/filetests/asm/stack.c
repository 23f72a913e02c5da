// Assembly may use the stack through r10: what it names is its own, and the compiler's variables lie below.
long above(long x)
{
	long mine[2] = {x, x + 1};
	long result;

	asm volatile("*(u64 *)(r10 - 8) = %1; *(u64 *)(r10 - 16) = %1" :: "r"(mine), "r"(x * 100) : "memory");
	asm volatile("r1 = r10; r1 += -16; %0 = *(u64 *)(r1 + 8); r2 = *(u64 *)(r1 + 0); %0 += r2"
		     : "=&r"(result) :: "r1", "r2", "memory");
	return result + mine[0] + mine[1];
}

static inline __attribute__((always_inline)) void put(long x)
{
	asm volatile("*(u64 *)(r10 - 24) = %0" :: "r"(x) : "memory");
}

long through_calls(long x)
{
	long array[4] = {1, 2, 3, x};
	long result;

	asm volatile("" :: "r"(array) : "memory");
	put(array[3] + 30);
	asm volatile("%0 = *(u64 *)(r10 - 24)" : "=r"(result) :: "memory");
	return result + array[0];
}

/* What ends in `exit` has left the function. */
long leaves(long x)
{
	if (x > 5)
		asm volatile("r0 = 42; exit" ::: "r0");
	return x;
}
// run: above(1) == 203
// run: through_calls(4) == 35
// run: leaves(6) == 42
// run: leaves(5) == 5
/*~ asm
above:
    *(u64 *)(r10 - 32) = r1
    r2 = r1
    r2 += 1
    *(u64 *)(r10 - 24) = r2
    r1 *= 100
    r2 = r10
    r2 += -32
    *(u64 *)(r10 - 8) = r1
    *(u64 *)(r10 - 16) = r1
    r1 = r10
    r1 += -16
    r0 = *(u64 *)(r1 + 8)
    r2 = *(u64 *)(r1 + 0)
    r0 += r2
    r1 = *(u64 *)(r10 - 32)
    r0 += r1
    r1 = *(u64 *)(r10 - 24)
    r0 += r1
    exit

through_calls:
    r2 = 1
    *(u64 *)(r10 - 56) = r2
    r2 = 2
    *(u64 *)(r10 - 48) = r2
    r2 = 3
    *(u64 *)(r10 - 40) = r2
    *(u64 *)(r10 - 32) = r1
    r1 = r10
    r1 += -56
    r1 = *(u64 *)(r10 - 32)
    r1 += 30
    *(u64 *)(r10 - 24) = r1
    r0 = *(u64 *)(r10 - 24)
    r1 = *(u64 *)(r10 - 56)
    r0 += r1
    exit

leaves:
    if r1 s<= 5 goto LBB2_2
    r0 = 42
    exit
LBB2_2:
    r0 = r1
    exit
*/
