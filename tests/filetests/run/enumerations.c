// Enumerations whose values need 64 bits, and those with a type of their own.
enum fixed : unsigned long { ONE = 1, ALL = 0xffffffffffffffff };
enum small : signed char;
enum small : signed char { MINUS = -3 };
enum large { FEW = 1, MANY = 0x100000000 };
enum either { LOW = -1, HIGH = 0x80000000 };
enum last { TOP = 0x7fffffff, OVER };
_Static_assert(sizeof(enum fixed) == 8 && sizeof ONE == 8 && ALL > ONE, "");
_Static_assert(sizeof(enum small) == 1 && sizeof(enum large) == 8 && sizeof(enum either) == 8, "");
// All enumerators have the type of the enumeration if one of them is no `int` (C23 6.7.3.3).
_Static_assert(sizeof FEW == 8 && sizeof LOW == 8 && LOW < 0 && HIGH > 0 && sizeof(OVER) == 4 && OVER > TOP, "");
static enum small stored = MINUS;
long chosen(long x) {
    enum large big = x;
    switch (big) {
    case FEW: return 10;
    case MANY: return 20 + stored;
    default: return 30;
    }
}
// run: chosen(1) == 10
// run: chosen(0x100000000) == 17
// run: chosen(0x200000001) == 30
