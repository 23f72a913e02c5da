// Headers of standard C that come with the compiler; a program may declare functions with `va_list` and `...`.
#include <iso646.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdnoreturn.h>

noreturn void stop(int code);
int print_all(const char *format, va_list list);

alignas(16) int aligned;
int words(int a, int b) { return (a and not b) + (a bitor 8) - (compl b xor 1); }
int alignment(void) { return alignof(long) + ((long)&aligned & 15); }
// run: words(1, 0) == 12
// run: alignment() == 8
