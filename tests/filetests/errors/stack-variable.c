// One variable that cannot fit is reported where it is declared.
#include <bpf/bpf_helpers.h>
int f(int i)
{
	char buf[600]; //~ error: `buf` is 600 bytes

	bpf_probe_read_kernel(buf, sizeof(buf), (void *)0);
	return buf[i];
}
/*~ diagnostics
error[stack-size]: `buf` is 600 bytes; a BPF stack frame holds 512
 --> stack-variable.c:5:7
  |
5 |     char buf[600]; //~ error: `buf` is 600 bytes
  |          ^^^
  |
  = help: move it into a per-CPU array map, or make it `static`
*/
