// A call may span lines, comments and directives; arguments end at commas that no parentheses hold.
// flags: -E
#define f(a,b) [a|b]
#define c ,
f(1 c 2,3)
#define call(m, ...) m(__VA_ARGS__)
#define args 1,2
call(f, args) call(f,1,2)
f(
#if 1
a
#else
b
#endif
, c2)
#define inner 1
(inner,
#undef inner
#define inner 2
inner)
#define g(x) <x>
#define lparen (
g lparen 1 )
g
/* comment
over lines */ (2)
g // end
(3)
#define obj g(
obj 6) f((a,b),(c)) f({a,b}) f(,)
#define deep(x) g(g(x))
deep(deep(7))
L\
ong "a\
b" // com\
ment
/\
* x */ y
/*~ pp
# 5 "calls.c"
[1 , 2|3]


[1|2] [1|2]
[

a
# 9 "calls.c"
|





  c2
# 9 "calls.c"
]







(1,


2)


g ( 1 )
<

               2
# 24 "calls.c"
>


<
 3
# 27 "calls.c"
>


<6> [(a,b)|(,)] [{a|b}] [|]

< < < <7> > > >
Long
    "ab"



       y
*/
