/* What test programs use of the C library's header. */
extern void abort(void);
#define assert(condition) ((condition) ? (void)0 : abort())
