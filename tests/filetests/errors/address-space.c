// Variables of functions are on the stack, never in an arena; what they point to may be.
#define __arena __attribute__((address_space(1)))
int read(int __arena *from)
{
	int __arena *pointer = from;
	static int __arena count;
	int __arena value = *pointer; //~ error: stack
	return value + count;
}
/*~ diagnostics
error[attribute]: `value` is on the stack, which is not in address space 1
 --> address-space.c:7:14
  |
7 |     int __arena value = *pointer; //~ error: stack
  |                 ^^^^^
  |
  = help: make it a `static` or global variable, or a pointer into that space
*/
