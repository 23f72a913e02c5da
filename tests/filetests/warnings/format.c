// Format strings and their arguments.
// flags: -Wall
#include <stdio.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
int f(long wide, int narrow, char *text)
{
	printf("%d %ld %s\n", narrow, wide, text);
	printf("%d\n"); //~ warning: the format asks for 1 value, and none is given
	printf("%d\n", wide); //~ warning: the format wants an integer of 32 bits here
	printf("%ld\n", narrow); //~ warning: the format wants an integer of 64 bits here
	printf("%s\n", narrow); //~ warning: the format wants a pointer here
	printf("%f\n", narrow); //~ warning: `printf` does not know the conversion `%f`
	bpf_printk("%d %d", narrow); //~ warning: the format asks for 2 values, and 1 is given
	return 0;
}
