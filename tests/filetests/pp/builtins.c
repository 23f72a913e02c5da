// Macros that the compiler computes: places, counters, questions about headers, attributes and builtins.
// flags: -E
// not as GCC: it has other attributes and builtins
#define id(x) x
#define two(a, b) [a|b]
__COUNTER__ id(__COUNTER__) two(__COUNTER__, __COUNTER__) two(id(__COUNTER__), __LINE__)
__INCLUDE_LEVEL__ __FILE__ __FILE_NAME__ __BASE_FILE__
#line 100 "other.c"
__LINE__ __FILE__ __BASE_FILE__
id(
__LINE__
) __LINE__
#define NUMBER 7
#line NUMBER
__LINE__ __FILE__
#if __has_include(<linux/bpf.h>) && !__has_include("no such file") && !__has_include_next(<none.h>)
headers
#endif
#if __has_attribute(noinline) && __has_attribute(__packed__) && !__has_attribute(ms_struct)
attributes
#endif
#if __has_c_attribute(fallthrough) && __has_c_attribute(nodiscard) && !__has_c_attribute(assume)
C attributes
#endif
#if __has_builtin(__builtin_memcpy) && __has_builtin(__sync_fetch_and_add) && !__has_builtin(__builtin_alloca)
builtins
#endif
#if defined __has_include && defined(__has_include_next) && defined __has_attribute && defined __has_builtin
defined
#endif
/*~ pp
# 6 "builtins.c"
0 1 [2|3] [4|6]
0 "builtins.c" "builtins.c" "builtins.c"
# 100 "other.c"
100 "other.c" "builtins.c"

102
  103
# 7 "other.c"
7 "other.c"

headers


attributes


C attributes


builtins


defined
*/
