// Pragmas stay in the output; `_Pragma` makes one out of a string, also from inside of a macro and of its arguments.
// flags: -E
// not as GCC: it replaces macros in pragmas later
_Pragma("foo") a _Pragma("bar \"x\" \\ y") b
#define P(x) _Pragma(#x) x
P(unroll 4) P(clang loop unroll(disable))
#pragma STDC FP_CONTRACT ON
#define DO(x) a; _Pragma("GCC diagnostic push") x; _Pragma("GCC diagnostic pop") c
DO(int y)
#define N 3
# pragma GCC unroll N
int z;
#define ID(x) x
ID(_Pragma("unroll N") 5)
#pragma push_macro("N")
#undef N
#define N 4
N
#pragma pop_macro("N")
N
/*~ pp
# 4 "pragmas.c"
#pragma foo
# 4 "pragmas.c"
               a
#pragma bar "x" \ y
# 4 "pragmas.c"
                                           b

#pragma unroll 4
# 6 "pragmas.c"
  unroll 4
#pragma clang loop unroll ( disable )
# 6 "pragmas.c"
              clang loop unroll(disable)
#pragma STDC FP_CONTRACT ON

a;
#pragma GCC diagnostic push
# 9 "pragmas.c"
   int y;
#pragma GCC diagnostic pop
# 9 "pragmas.c"
c

#pragma GCC unroll 3
int z;

#pragma unroll 3
# 14 "pragmas.c"
                       5



4

3
*/
