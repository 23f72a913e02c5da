// Pragmas stay in the output; `_Pragma` makes one out of a string, also from inside of a macro and of its arguments.
// flags: -E
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
# 3 "pragmas.c"
#pragma foo
# 3 "pragmas.c"
               a
#pragma bar "x" \ y
# 3 "pragmas.c"
                                           b

#pragma unroll 4
# 5 "pragmas.c"
  unroll 4
#pragma clang loop unroll ( disable )
# 5 "pragmas.c"
              clang loop unroll(disable)
#pragma STDC FP_CONTRACT ON

a;
#pragma GCC diagnostic push
# 8 "pragmas.c"
   int y;
#pragma GCC diagnostic pop
# 8 "pragmas.c"
c

#pragma GCC unroll 3
int z;

#pragma unroll 3
# 13 "pragmas.c"
                       5



4

3
*/
