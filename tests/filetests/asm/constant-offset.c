// Where a member lies in a record of the kernel is a number in an assembly text, also that of an element of an array.
struct context {
	int first;
	int values[5];
	struct { int x, y; } inner;
} __attribute__((preserve_access_index));

#define OFFSET(type, member) ((unsigned long)&((type *)0)->member)

__attribute__((naked)) int offsets(void)
{
	asm volatile("r0 = %[values]; r0 += %[inner]; exit"
		     :: [values]"i"(OFFSET(struct context, values[3])), [inner]"i"(OFFSET(struct context, inner.y)));
}
// run: offsets() == 44
