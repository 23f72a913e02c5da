// Values take the registers where they are wanted: argument, result, preserved across a call.
static unsigned (*random_number)(void) = (void *)7;
long f(long a)
{
	long r = random_number();

	return r - r + a;
}
// run: f(9) == 9
/*~ regalloc
f:
b0:
    r1 = params
    r6 = r1
    r0 = call bpf_get_prandom_u32()
    r0 = r6
    return r0
*/
