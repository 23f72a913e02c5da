// String and character literals with prefixes, joined; empty structs and arrays without elements.
static __WCHAR_TYPE__ wide[] = L"ab" "c";
static char utf8[] = u8"a" "é";
static __CHAR16_TYPE__ half[] = "x" u"y\U0001f600";
static __CHAR32_TYPE__ full[] = U"z\U0001f600";
_Static_assert(sizeof wide == 16 && sizeof utf8 == 4 && sizeof half == 10 && sizeof full == 12, "");
int units(int i) {
    switch (i) {
    case 0: return wide[2];
    case 1: return (unsigned char)utf8[1];
    case 2: return half[2];
    case 3: return half[3];
    case 4: return full[1];
    case 5: return L'\xff' + u'a' + (U'é' == 0xe9);
    case 6: return "\e"[0] == 27 && (unsigned char)"\u00e9"[1] == 0xa9 && "\x41" "1"[0] == 'A' ? "\101\0" "2"[2] : 0;
    }
    return -1;
}
struct empty {};
struct tail { int a; struct empty b; int z[0]; };
_Static_assert(sizeof(struct empty) == 0 && sizeof(struct tail) == 4, "");
static struct empty pass(struct empty p, int *x) { struct empty q = p; ++*x; return q; }
int nothing(int x) { struct empty e = pass((struct empty){}, &x), f[3], none[0]; struct tail t = { x }; return t.a + sizeof f + sizeof none + sizeof e; }
// run: units(0) == 99
// run: units(1) == 195
// run: units(2) == 55357
// run: units(3) == 56832
// run: units(4) == 128512
// run: units(5) == 353
// run: units(6) == 50
// run: nothing(3) == 4
