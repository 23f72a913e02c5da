// flags: --mcpu=v1
// Without 32-bit arithmetic, the upper half is cleared where it matters, and "less" is "greater" turned round.
unsigned f(unsigned a, unsigned b)
{
	if (a < b)
		return a + b;
	return a >> 3;
}
// run: f(4294967295, 2) == 536870911
// run: f(1, 4294967295) == 0
/*~ asm
f:
    r3 = r1
    r3 <<= 32
    r3 >>= 32
    r4 = r2
    r4 <<= 32
    r4 >>= 32
    if r3 >= r4 goto LBB0_2
    r0 = r1
    r0 += r2
    exit
LBB0_2:
    r1 <<= 32
    r1 >>= 32
    r0 = r1
    r0 >>= 3
    exit
*/
