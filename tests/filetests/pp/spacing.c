// Tokens that macros bring together never grow into another token.
// flags: -E
#define plus +
#define minus -
#define lt <
#define dot .
#define sl /
#define L_ L
#define f(x) x
+plus -plus plus+ plus plus +plus+ x-plus
-minus- minus minus -minus =minus
lt< lt=lt lt lt<lt
dot. .dot dot5 dot 5 1 dot .dot.
sl/ sl L_"x" L_'c' L_ "y"
f(-)f(-) f(+)+ f(1)f(2) f(a)b f(1).f(2) f(:)f(:) f(#)f(#) f(<)f(:) f(&)f(&) f(=)f(=)f(=)
f/**/(3) x/**/y f(x)/**/f(y)
/*~ pp
# 10 "spacing.c"
+ + -+ + + + + + + + x-+
- - - - - - - =-
< < < =< < < < <
. . . . dot5 . 5 1 . . . .
/ / / L "x" L 'c' L "y"
  - - + + 1 2 a b 1 . 2 : : # # < : & & = = =
      3 x y x y
*/
