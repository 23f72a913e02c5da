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
*/
