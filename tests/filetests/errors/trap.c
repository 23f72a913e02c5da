// `__builtin_trap` ends a program where it stands in the program itself. A function that a program calls cannot end it.
#define SEC(name) __attribute__((section(name)))
static int half(int x)
{
	if (x & 1)
		__builtin_trap(); //~ error: this calls `abort`
	return x / 2;
}
SEC("xdp") int prog(int *ctx)
{
	if (!*ctx)
		__builtin_trap();
	return half(*ctx);
}
static int third(int x)
{
	if (x % 3)
		__builtin_trap();
	return x / 3;
}
SEC("user") int ordinary(int *ctx) { return third(*ctx); }
/*~ diagnostics
error[library]: this calls `abort`; the kernel has no C library
 --> trap.c:6:3
  |
6 |         __builtin_trap(); //~ error: this calls `abort`
  |         ^^^^^^^^^^^^^^^^
  |
  = help: write a loop with a bound (`memcpy`, `memmove`, `memset`, `memcmp` and `abs` are done inline), or call what the kernel has: `bpf_strncmp` (Linux 5.17), `bpf_snprintf` (5.13), `bpf_printk`
*/
