/* What test programs use of the C library's header. */
#include <stddef.h>
extern void abort(void);
extern void exit(int);
extern void *malloc(size_t);
extern void *calloc(size_t, size_t);
extern void free(void *);
extern int abs(int);
extern long labs(long);
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
