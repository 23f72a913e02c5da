// Numbers and pointers without a cast between them: an error, unless the program says otherwise.
typedef unsigned long long u64;
long number(void *p) { return p; } //~ error: `long`
char *pointer(u64 n) { return n; } //~ error: `char *`
#define CALL(f, ctx) ({ _Pragma("GCC diagnostic push") \
	_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
	f((void *)ctx[0]); }); \
	_Pragma("GCC diagnostic pop")
static int twice(long n) { return 2 * n; }
int macro(u64 *ctx)
{
	int x = CALL(twice, ctx);
	return x + twice(ctx); //~ error: `long`
}
#pragma GCC diagnostic ignored "-Wint-conversion"
long ignored(void *p) { return p; }
/*~ diagnostics
error[int-conversion]: the function's result needs `long`, but this is `void *`
 --> int-conversion.c:3:31
  |
3 | long number(void *p) { return p; } //~ error: `long`
  |                               ^
  |
  = help: if it is meant, write the conversion: `(long)`
error[int-conversion]: the function's result needs `char *`, but this is `u64` (aka `unsigned long long`)
 --> int-conversion.c:4:31
  |
4 | char *pointer(u64 n) { return n; } //~ error: `char *`
  |                               ^
  |
  = help: if it is meant, write the conversion: `(char *)`
error[int-conversion]: argument 1 of `twice` needs `long`, but this is `u64 *`
  --> int-conversion.c:13:19
   |
13 |     return x + twice(ctx); //~ error: `long`
   |                      ^^^
   |
   = help: if it is meant, write the conversion: `(long)`
*/
