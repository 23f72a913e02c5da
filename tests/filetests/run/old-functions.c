// Functions whose parameters are declared behind the parentheses, and declarations without parameters.
int later();
int weigh(a, b, c)
    int a;
    char b;
    unsigned short c;
{
    return a * 100 + b * 10 + c;
}
// A `char` arrives as an `int` and is cut to what was declared.
int narrow(c, s, flag) signed char c; unsigned short s; _Bool flag; { return c * 2 + s + flag; }
static long spread(p, n, list) long *p, list[]; unsigned n; { return *p + n + list[1]; }
int in_parentheses(f, x) int (f)(), x; { return x; }
struct pair { int a, b; };
static int sum(pair, x) struct pair pair; int x; { return pair.a + pair.b + x; }
static int nothing() { return 7; }
int use(int x) {
    long list[2] = { x, x + 1 };
    struct pair pair = { x, 2 };
    return spread(list, 3u, list) * 1000 + sum(pair, 1) * 100 + nothing() + later(x, 4L, 'a');
}
int later(a, b, c) int a; long b; char c; { return a + b + c; }
// The parameter is a variable: it may be changed, and its address taken.
int changed(c) char c; { char *p = &c; *p += 1; c *= 2; return c; }
long declared_first(int, char);
long declared_first(a, b) int a; int b; { return a - b; }
// run: weigh(1, 2, 3) == 123
// run: narrow(300, 65537, 2) == 90
// run: use(5) == 14913
// run: changed(127) == 0
// run: declared_first(9, 4) == 5
