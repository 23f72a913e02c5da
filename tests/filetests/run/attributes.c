// Attributes wherever C23 and GNU C allow them.
#define SIZE(type) ((int)sizeof(type))
[[nodiscard]] static int result(int x);
static int result [[gnu::noinline]] (int x);
static int result(int x) __attribute__((noinline)) __attribute__((unused)) { return x + 1; }
[[noreturn]] void never(void);
struct [[gnu::packed]] front { char c; int x; };
struct member { char c; int x [[gnu::packed]]; char d; [[gnu::packed]] int y; };
struct bits { int a [[gnu::packed]] : 3, b : 4; };
enum named { ONE __attribute__((deprecated)) = 1, TWO [[deprecated("use ONE")]] = 2, THREE [[maybe_unused]] };
enum [[gnu::packed]] small { SMALL };
typedef int wide [[gnu::aligned(16)]];
__attribute__((, unused, , used, )) static int counted [[gnu::aligned(32)]];
int table [[gnu::unused]] [3] = { 1, 2, 3 };
int layout(void) {
    struct [[gnu::packed]] inner { char c; int x; };
    struct part { char c; [[gnu::packed]] int x; };
    return SIZE(struct front) + 10 * SIZE(struct member) + 1000 * SIZE(struct inner) + 10000 * SIZE(struct part)
        + 100000 * SIZE(enum small) + 1000000 * (int)_Alignof(wide);
}
typedef unsigned number;
int statements(int x) {
    [[maybe_unused]] number before = 1;
    [[maybe_unused]] const number *pointer = &before;
    [[likely]] if (x == 1) [[likely]] { return result(x); } else [[unlikely]] x += 1;
    for (int i [[maybe_unused]] = 0; i < 3; i++) [[clang::nomerge]] x++;
    [[maybe_unused]] again: x += 2;
    if (x < 10) goto again;
    switch (x) {
    [[likely]] case 10: [[fallthrough]];
    default: [[maybe_unused]] number y = x; return y + table[2];
    lab: __attribute__((unused)); case 11: return x; number z; case 12: [[]]; z = x; return z * 2;
    }
}
// A declaration may stand behind a label, a choice is no label.
int labeled(int x) {
    if (x > 5) goto out;
    x = x ? 1 : x * 2;
out:
    number twice = x * 2;
    other: number *p = &twice;
    (void)&&other;
    return *p;
}
// run: layout() == 16155105
// run: statements(1) == 2
// run: statements(5) == 11
// run: statements(4) == 13
// run: statements(6) == 24
// run: labeled(6) == 12
// run: labeled(0) == 0
