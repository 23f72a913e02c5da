// A parameter of a function that is always inlined counts as constant: both answers give the same result.
#define __always_inline inline __attribute__((always_inline))
static __always_inline int swapped(int x) { return __builtin_constant_p(x) ? (x & 255) << 8 | x >> 8 & 255 : __builtin_bswap16(x); }
int constant(void) { return swapped(0x1234); }
// run: constant() == 0x3412
int variable(int x) { return swapped(x); }
// run: variable(0x1234) == 0x3412
