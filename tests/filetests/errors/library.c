// The kernel has no C library: what is not known when compiling and not done inline is refused, in the functions that programs
// call too.
#define SEC(name) __attribute__((section(name)))
unsigned long strlen(const char *);
static char name[16];
static unsigned long measure(void)
{
	return strlen(name); //~ error: this calls `strlen`
}
SEC("xdp") int prog(void *ctx)
{
	if (strlen("known") != 5)
		return 1;
	return measure() + __builtin_strcmp(name, "x"); //~ error: this calls `strcmp`
}
SEC("user") int ordinary(void) { return strlen(name); }
/*~ diagnostics
error[library]: this calls `strcmp`; the kernel has no C library
  --> library.c:14:21
   |
14 |     return measure() + __builtin_strcmp(name, "x"); //~ error: this calls `strcmp`
   |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write a loop with a bound (`memcpy`, `memmove`, `memset`, `memcmp` and `abs` are done inline), or call what the kernel has: `bpf_strncmp` (Linux 5.17), `bpf_snprintf` (5.13), `bpf_printk`
error[library]: this calls `strlen`; the kernel has no C library
 --> library.c:8:9
  |
8 |     return strlen(name); //~ error: this calls `strlen`
  |            ^^^^^^^^^^^^
  |
  = help: write a loop with a bound (`memcpy`, `memmove`, `memset`, `memcmp` and `abs` are done inline), or call what the kernel has: `bpf_strncmp` (Linux 5.17), `bpf_snprintf` (5.13), `bpf_printk`
*/
