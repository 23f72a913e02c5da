// Types that are inferred or spelled out: `auto`, `__auto_type`, `typeof`, alignment, `__extension__`.
auto grade = 3;
static auto const factor = 2L;
int inferred(int x) {
    auto a = x;
    auto b = 6L;
    const auto c = 7u;
    static auto d = 3;
    __auto_type p = &a;
    auto int plain = 1;
    for (auto i = 0; i < 3; i++) *p += i;
    return _Generic(b, long: a) * 100 + c * 10 + d + plain + grade * factor + sizeof(b) + sizeof(c);
}
int named(const volatile int *q) {
    typeof_unqual(*q) x = *q;
    x++;
    typeof(typeof(x)) y = 3;
    __typeof__(__typeof__(y) *) p = &y;
    typeof(const typeof(y)) *r = p;
    return x * 10 + *r;
}
int call_named(int x) { return named(&x); }
_Alignas(16) char aligned;
struct s { _Alignas(8) char c; char d; };
struct t { char c; alignas(int) char d; _Alignas(0) _Alignas(2) char e; union { alignas(struct s) char f; } u; };
_Static_assert(sizeof(struct s) == 8 && _Alignof(struct s) == 8 && sizeof(struct t) == 16, "");
_Static_assert(__builtin_offsetof(struct t, d) == 4 && __builtin_offsetof(struct t, e) == 6, "");
__extension__ typedef long long longer;
__extension__ struct u { __extension__ union { longer a; }; };
long extensions(int x) { struct u u = { { x } }; return __extension__ (char)u.a + __extension__ ({ 4; }) + __extension__ sizeof x; }
typedef const int constant;
constant numbers[2] = { 1, 2 };
typedef int three[3];
const three more = { 1, 2, 3 };
static int brackets(int a[static 3], int b[const], int c[restrict static 2], const three p) {
    a = a + 1;
    return a[0] * 100 + b[1] * 10 + c[1] + p[2];
}
int parameters(int x) { int v[3] = { x, x + 1, x + 2 }; return brackets(v, v, v, more) + numbers[1]; }
extern int late[];
struct later;
extern struct later object;
int incomplete(int i) { return i < 3 ? late[i] : 0; }
int late[3] = { 1, 2, 3 };
struct later { int a; };
struct later object = { 4 };
int tentative;
int tentative;
int tentative = 5;
static int once; static int once;
int completed(void) { return sizeof late + object.a * 100 + tentative * 1000 + once; }
// run: inferred(1) == 492
// run: call_named(4) == 53
// run: extensions(3) == 11
// run: parameters(5) == 671
// run: incomplete(2) == 3
// run: completed() == 5412
