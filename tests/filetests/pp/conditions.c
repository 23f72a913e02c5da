// Conditions compute in 64 bits, with and without sign; what is decided is not computed; C23's #elifdef.
// flags: -E
#if 1
a
#elif 1/0
never
#endif
#if 0
#elif 1
b
#elif garbage (
#endif
#if 0 && (1/0)
#elif 1 || (1/0)
c
#endif
#if -1 > 0u && (1 ? -1 : 0u) > 0 && 18446744073709551615u == -1
d
#endif
#if (2 || 3) == 1 && !0 && ~0 == -1 && (1 << 63) < 0 && 0x7fffffffffffffff + 0 > 0
e
#endif
#if 'a' == 97 && '\xff' < 0 && '\377' == -1 && L'\xff' > 0 && 'ab' == 24930
f
#endif
#define D defined(X)
#if D || defined X || defined(Y) || !defined D
never
#else
g
#endif
#if (-5) / 2 == -2 && (-5) % 2 == -1 && -5 >> 1 == -3 && 0b101 == 5 && 0XFFULL == 255 && 017 == 15
h
#endif
#ifdef X
#elifndef Y
i
#elifdef Z
never
#endif
#ifdef X
#elifdef Y
#else
j
#endif
#if 0
"unterminated ' /* x
*/
'
#else
k
#endif
%: define digraph(x) %:x
digraph(l) <: :> <% %> %:%: %:
/*~ pp
# 4 "conditions.c"
a





b




c


d


e


f





g


h



i






j






k


"l" [ ] { } ## #
*/
