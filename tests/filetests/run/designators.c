// Initializers: nested designators, ranges, values that are overridden, members without names, flexible arrays.
struct inner { int b[3]; struct { int c; } d[2]; };
struct outer { struct inner a; int z; };
static struct outer global = { .a.b[2] = 7, .a.d[1].c = 1, .z = 3 };
static int list[] = { [1 ... 3] = 5, [2] = 6, 8, [0] = 1, [0] = 2 };
static struct { int a, b; } twice = { .a = 1, .b = 2, .a = 3 };
struct anonymous { int n; union { int a; struct { short b, c; }; }; };
static struct anonymous unnamed[2] = { { 1, { .b = 2 } }, { .c = 3 } };
struct flexible { int n; char d[]; };
static struct flexible one = { 3, { 1, 2, 3 } }, two = { 2, "ab" }, three = { .d = { [4] = 9 } };
union value { char c; long l; };
static union value large = { .l = 0x1234 }, small = { 'a' };
static int open[2][3] = { 1, 2, 3, 4 };
static const char *names[] = { "x", [3] = "yz" };
static int scalar = { 4 }, *pointer = { &scalar };
static char exact[3] = "abc", braced[] = { "abc" }, rows[2][4] = { "ab", { 'c' } };
int globals(int i) {
    switch (i) {
    case 0: return global.a.b[2] * 100 + global.a.d[1].c * 10 + global.z + global.a.b[0];
    case 1: return sizeof list * 100000 + list[0] * 10000 + list[1] * 1000 + list[2] * 100 + list[3];
    case 2: return twice.a * 10 + twice.b;
    case 3: return unnamed[0].b * 100 + unnamed[1].c * 10 + unnamed[0].n + unnamed[1].n;
    case 4: return one.d[2] + two.d[1] + three.d[4] + (int)sizeof one;
    case 5: return large.l + small.c;
    case 6: return open[1][0] * 10 + open[1][1];
    case 7: return sizeof names * 1000 + names[3][1] + (names[1] == 0);
    case 8: return *pointer * 1000 + exact[2] + sizeof braced + rows[1][0] + rows[1][1];
    }
    return -1;
}
int locals(int x) {
    struct outer y = { .a.d[0].c = x, .a.b = { [0 ... 1] = 4 }, .a.b[1] = 5 };
    int a[] = { [2] = x, [0] = 1, 5 };
    union { int a; char c[4]; } u = { .c = { 1, 2 } };
    return y.a.b[0] * 10000 + y.a.b[1] * 1000 + y.a.d[0].c * 100 + a[1] * 10 + a[2] + sizeof a + u.a + y.z;
}
struct pair { int a, *b; };
static struct pair *literal = &(struct pair){ 1, (int[]){ 2, 3 } };
int literals(int x) {
    struct pair *l = &(struct pair){ .a = x };
    int (*p)[3] = &(int[3]){ 1, x, 3 };
    return literal->b[1] * 1000 + l->a * 100 + (*p)[1] * 10 + (int[]){ 5, 6 }[1] + sizeof((char[]){ "abc" })
        + ((struct { int a, b; }){ x, 2 }).b + (union { int i; char c; }){ .i = 5 }.c;
}
// run: globals(0) == 713
// run: globals(1) == 1625608
// run: globals(2) == 32
// run: globals(3) == 231
// run: globals(4) == 114
// run: globals(5) == 4757
// run: globals(6) == 40
// run: globals(7) == 32123
// run: globals(8) == 4202
// run: globals(9) == -1
// run(little): locals(2) == 45777
// run(big): locals(2) == 16953552
// run(little): literals(4) == 3457
// run(big): literals(4) == 3452
