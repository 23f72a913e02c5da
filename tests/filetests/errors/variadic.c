// `<stdarg.h>` may be included; what reads the arguments is refused.
#include <stdarg.h>
int sum(int count, ...)
{
	va_list list;
	int total = 0;

	va_start(list, count); //~ error: variable argument list
	while (count--)
		total += va_arg(list, int); //~ error: variable argument list
	return total;
}
/*~ diagnostics
error[variadic]: this reads a variable argument list; a BPF function cannot find out how many arguments its caller passed
 --> variadic.c:8:2
  |
8 |     va_start(list, count); //~ error: variable argument list
  |     ^^^^^^^^^^^^^^^^^^^^^
  |
  = note: in expansion of macro `va_start`
  |
 ::: <bpfcc/stdarg.h>:7:9
  |
7 | #define va_start(list, last) __builtin_va_start(list, last)
  |         ^^^^^^^^
  |
  = help: declare each parameter
error[variadic]: `va_arg` reads a variable argument list; a BPF function cannot find out how many arguments its caller passed
  --> variadic.c:10:12
   |
10 |         total += va_arg(list, int); //~ error: variable argument list
   |                  ^^^^^^^^^^^^^^^^^
   |
   = note: in expansion of macro `va_arg`
   |
  ::: <bpfcc/stdarg.h>:8:9
   |
 8 | #define va_arg(list, type) __builtin_va_arg(list, type)
   |         ^^^^^^
   |
   = help: declare each parameter
*/
