// Arguments travel in R1 to R5.
static long (*made_up)(long a, long b, long c, long d, long e, long f) = (void *)77;
long f(long a)
{
	return made_up(a, a, a, a, a, a); //~ error: five
}
/*~ diagnostics
error[arguments]: helper 77, `bpf_rc_repeat`, is called with 6 arguments; BPF passes arguments in the five registers r1 to r5
 --> six-arguments.c:5:32
  |
5 |     return made_up(a, a, a, a, a, a); //~ error: five
  |                                   ^
  |
  = help: put the arguments into a struct and pass a pointer to it
*/
