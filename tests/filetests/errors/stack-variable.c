// One variable that cannot fit is reported where it is declared.
#include <bpf/bpf_helpers.h>
int f(int i)
{
	char buf[600]; //~ error: `buf` is 600 bytes

	bpf_probe_read_kernel(buf, sizeof(buf), (void *)0);
	return buf[i];
}
