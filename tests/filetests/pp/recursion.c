// A macro that is being replaced stays as it is (C11 6.10.3.4p2); one that is done may come again, so deferred calls repeat.
// flags: -E
#define PARENS ()
#define EXPAND(...) EXPAND3(EXPAND3(EXPAND3(__VA_ARGS__)))
#define EXPAND3(...) EXPAND2(EXPAND2(EXPAND2(__VA_ARGS__)))
#define EXPAND2(...) __VA_ARGS__
#define FOR_EACH(macro, ...) __VA_OPT__(EXPAND(FOR_EACH_ONE(macro, __VA_ARGS__)))
#define FOR_EACH_ONE(macro, first, ...) macro(first) __VA_OPT__(FOR_EACH_AGAIN PARENS(macro, __VA_ARGS__))
#define FOR_EACH_AGAIN() FOR_EACH_ONE
#define FIELD(name) int name;
struct fields { FOR_EACH(FIELD, a, b, c, d, e) };

#define foo foo a bar
#define bar bar b foo
first: foo bar;

#define f(x) x f
second: f(f)(f)(1)(f(2))(3);

#define g(a) a*h
#define h(a) g(a)
third: g(2)(9);

#define OBJECT f
fourth: OBJECT(1) OBJECT (2)
(3);

#define EMPTY
#define DEFER(id) id EMPTY
#define A() 123
fifth: A() DEFER(A)() EXPAND2(DEFER(A)());

#define self(x) self(x + self)
sixth: self(self(1)) self self(2)(3);
/*~ pp
# 11 "recursion.c"
struct fields { int a; int b; int c; int d; int e; };



first: foo a bar b foo bar b foo a bar;


second: f f(f)(1)(2 f)(3);



third: 2*9*h;


fourth: 1 f 2 f
(3);




fifth: 123 A() 123;


sixth: self(self(1 + self) + self) self self(2 + self)(3);
*/
