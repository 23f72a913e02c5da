/* What test programs use of the C library's header. */
#include <stddef.h>
extern int printf(const char *, ...);
extern int puts(const char *);
extern int putchar(int);
