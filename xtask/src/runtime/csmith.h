/* Stands in for the header of the same name that Csmith's programs include: each value that they would add to a checksum is
 * observed instead, so that a difference says which one it is. */
#include "observe.h"

#include <limits.h>
#include <stdint.h>

#define STATIC static
#define UNDEFINED(value) (value)
#define LOG_INDEX
#define LOG_EXEC
#define FUNC_NAME(name) safe_##name
#define _CSMITH_BITFIELD(width) ((width) > 32 ? (width) % 32 : (width))

/* The operations that are defined for all operands. Those on floats are in the file too, but nobody calls them. */
#define FLT_MAX 0
#define FLT_MIN 0
#define DBL_MAX 0
#define DBL_MIN 0
static double fabs(double);
static double fabsf(float);
static double ldexp(double, int);
static double ldexpf(float, int);
#include "safe_math.h"

/* What the programs would print is observed already. */
#ifdef __bpf__
extern int printf(const char *, ...);
#endif
static void platform_main_begin(void) {}
static void crc32_gentab(void) {}

#define crc32_context 0
#define platform_main_end(checksum, print) ((void)(checksum), (void)(print))
#define transparent_crc(value, name, print) observe((unsigned long long)(value))
