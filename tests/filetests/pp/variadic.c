// Variadic macros: GNU's named arguments and the comma that goes, C23's __VA_OPT__.
// flags: -E
#define e1(fmt, ...) p(fmt, ##__VA_ARGS__)
#define e2(fmt, args...) p(fmt, ##args)
#define e4(...) p(0, ##__VA_ARGS__)
#define e5(a, ...) p(a, __VA_ARGS__)
#define EMPTY
comma: e1("a") e1("a",) e1("a", b) e1("a", b, c)
named: e2("a") e2("a",) e2("a", b) e2(e2("x", y), e1(1))
all: e4() e4(1) e4( ) e4(1,2) e1(1, EMPTY) e4(EMPTY)
standard: e5(1) e5(1,2)

#define F(a, ...) f(0 __VA_OPT__(,) __VA_ARGS__)
#define G(X, ...) f(0, X __VA_OPT__(,) __VA_ARGS__)
#define SDEF(sname, ...) S sname __VA_OPT__(= { __VA_ARGS__ })
#define H2(X, Y, ...) __VA_OPT__(X ## Y,) __VA_ARGS__
#define H3(X, ...) #__VA_OPT__(X##X X##X)
#define H4(X, ...) __VA_OPT__(a X ## X) ## b
#define H5A(...) __VA_OPT__()/**/__VA_OPT__()
#define H5B(X) a ## X ## b
#define H5C(X) H5B(X)
opt: F(a,b,c) F() F(EMPTY) G(a, b, c) G(a, ) G(a)
SDEF(foo); SDEF(bar, 1, 2);
paste: H2(a,b,c,d) H3(, 0) H4(, 1) H5C(H5A())
#define V(a, b...) __VA_OPT__(a ## b) | __VA_OPT__(b)##a
mixed: V(1) V(1,2) V(,2) V(1,EMPTY)
/*~ pp
# 8 "variadic.c"
comma: p("a") p("a",) p("a",b) p("a",b, c)
named: p("a") p("a",) p("a",b) p(p("x",y),p(1))
all: p(0) p(0,1) p(0) p(0,1,2) p(1,) p(0,)
standard: p(1,) p(1, 2)
# 22 "variadic.c"
opt: f(0 , b,c) f(0) f(0) f(0, a , b, c) f(0, a) f(0, a)
S foo; S bar = { 1, 2 };
paste: ab, c,d "" a b ab

mixed: | 1 12 | 21 2 | 2 | 1
*/
