//! What programs compute. The expected numbers are those of GCC on x86-64, whose data model is BPF's.

use super::runs;

#[test]
fn conversions_between_widths() {
    runs(
        "char c(int x) { return x; }
         unsigned short s(long x) { return x; }
         _Bool b(long x) { return x; }
         long widen(signed char x) { return x; }
         unsigned long zero(unsigned x) { return x; }
         int chain(int x) { unsigned char u = x; u *= 3; short h = u << 9; return h; }",
        &[
            ("c", &[200], 0xffff_ffc8),
            ("s", &[70000], 4464),
            ("b", &[1 << 40], 1),
            ("b", &[0], 0),
            ("widen", &[-3], -3),
            ("zero", &[-1], 0xffff_ffff),
            ("chain", &[100], 22528),
        ],
    );
}

#[test]
fn arithmetic_is_signed_where_c_says_so() {
    runs(
        "long f(int a, unsigned b) { return a / 5 + 10 * (a % 5) + (long)(b / 5) + (a >> 1) + (b >> 31); }
         int less(int a, int b) { return a < b; }
         int below(unsigned a, unsigned b) { return a < b; }
         int mixed(int a, unsigned b) { return a < b; }",
        &[
            ("f", &[-17, -17], 858_993_424),
            ("less", &[-1, 1], 1),
            ("below", &[-1, 1], 0),
            ("mixed", &[-1, 1], 0),
        ],
    );
}

#[test]
fn statements() {
    runs(
        "int sum(int n) { int s = 0; for (int i = 0; i < n; i++) { if (i == 3) continue; if (i > 8) break; s += i; } return s; }
         int again(int n) { int i = 0, s = 0; top: s += i; if (++i < n) goto top; return s; }
         int down(int n) { int s = 0; do s += n; while (n-- > 0); while (s > 40) s -= 7; return s; }
         int sw(int x) { switch (x) { case 1: return 10; case 2: x++; case 3: return x; case 10 ... 12: return 7;
                         case 100 ... 2000: x = 5; break; default: return -1; } return x; }
         int device(int count) { int n = (count + 3) / 4, r = 0;
             switch (count % 4) { case 0: do { r = r * 3 + 1; case 3: r = r * 3 + 2; case 2: r += 5; case 1: r += 7; }
                                  while (--n > 0); } return r; }
         int fresh(int n) { int r = 0; for (int i = 0; i < n; i++) { int x; if (i & 1) x = i; else x = -i; r = r * 5 + x; } return r; }",
        &[
            ("sum", &[20], 33),
            ("again", &[10], 45),
            ("down", &[10], 34),
            ("sw", &[2], 3),
            ("sw", &[11], 7),
            ("sw", &[1500], 5),
            ("sw", &[99], 0xffff_ffff),
            ("device", &[7], 143),
            ("fresh", &[4], 18),
        ],
    );
}

#[test]
fn truth_values() {
    runs(
        "int f(int a, int b) { int z = (a ? b : a) ? 1 : 2; return (a && b) + 2 * (a || b) + 4 * !a + 8 * !!b + 16 * z; }
         int cut(long x) { int y = 0; if (x) y |= 1; if ((int)x) y |= 2; if (!(char)x) y |= 4; if ((void *)x) y |= 8; return y; }
         int effects(int a) { int n = 0; a && n++; a || (n += 5); return ((a && n++) == 0) * 100 + n; }",
        &[
            ("f", &[0, 5], 2 + 4 + 8 + 32),
            ("f", &[3, 5], 1 + 2 + 8 + 16),
            ("cut", &[1 << 32], 1 + 4 + 8),
            ("effects", &[0], 105),
            ("effects", &[1], 2),
        ],
    );
}

#[test]
fn bit_counts() {
    runs(
        "int clz(unsigned x) { return __builtin_clz(x); }
         int clzl(unsigned long x) { return __builtin_clzl(x); }
         int ctzl(unsigned long x) { return __builtin_ctzl(x); }
         int ones(unsigned x) { return __builtin_popcount(x); }
         int onesl(unsigned long x) { return __builtin_popcountl(x); }
         int odd(unsigned long x) { return __builtin_parityl(x); }
         int first(int x) { return __builtin_ffs(x); }
         unsigned short h(unsigned short x) { return __builtin_bswap16(x); }
         unsigned long d(unsigned long x) { return __builtin_bswap64(x); }",
        &[
            ("clz", &[1], 31),
            ("clz", &[0x00f0_a000], 8),
            ("clzl", &[0x0f00], 52),
            ("ctzl", &[1 << 63], 63),
            ("ones", &[-1], 32),
            ("onesl", &[-2], 63),
            ("odd", &[7], 1),
            ("odd", &[-1], 0),
            ("first", &[0], 0),
            ("first", &[0x50], 5),
            ("h", &[0x1234], 0x3412),
            ("d", &[0x0102_0304_0506_0708], 0x0807_0605_0403_0201),
        ],
    );
}

#[test]
fn overflow_is_exact_for_mixed_types() {
    runs(
        "int add(int a, int b) { int r; return __builtin_add_overflow(a, b, &r); }
         int addu(int a, unsigned b) { unsigned r; return __builtin_add_overflow(a, b, &r); }
         int subl(long a, unsigned long b) { long r; return __builtin_sub_overflow(a, b, &r); }
         int mull(long a, long b) { long r; return __builtin_mul_overflow(a, b, &r); }
         int mulu(unsigned long a, unsigned long b) { unsigned long r; return __builtin_mul_overflow(a, b, &r); }
         int mulx(unsigned long a, long b) { char r; return __builtin_mul_overflow(a, b, &r); }
         long kept(unsigned a, unsigned b) { unsigned long r; __builtin_mul_overflow(a, b, &r); return r; }",
        &[
            ("add", &[i32::MAX as i64, 1], 1),
            ("add", &[i32::MAX as i64, 0], 0),
            ("addu", &[-1, 1], 0),
            ("addu", &[-2, 1], 1),
            ("addu", &[1, -1], 1),
            ("subl", &[-1, i64::MAX], 0),
            ("subl", &[-2, i64::MAX], 1),
            ("subl", &[0, -1], 1),
            ("mull", &[1 << 32, 1 << 31], 1),
            ("mull", &[-(1 << 32), 1 << 31], 0),
            ("mulu", &[1 << 32, 1 << 32], 1),
            ("mulu", &[1 << 32, (1 << 32) - 1], 0),
            ("mulx", &[64, -2], 0),
            ("mulx", &[65, -2], 1),
            ("kept", &[-1, -1], 0xffff_fffe_0000_0001_u64 as i64),
        ],
    );
}

#[test]
fn pointers_count_in_elements() {
    runs(
        "struct o { char pad[24]; };
         static struct o v[9];
         long diff(long i, long j) { struct o *a = &v[i], *b = &v[j]; return a - b; }
         int walk(void) { int a[10] = { 0 }; int *p = a, *e = a + 10, n = 0; while (p < e) { *p++ = n; n += 3; }
                          p -= 4; return (e - p) * 1000 + *p + p[1] + *--p; }
         int rows(void) { int a[3][5]; int (*p)[5] = a; for (int i = 0; i < 15; i++) p[i / 5][i % 5] = i;
                          return p[1][2] * 100 + *(*(a + 1) + 4); }",
        &[
            ("diff", &[7, 2], 5),
            ("diff", &[2, 7], -5),
            ("walk", &[], 4054),
            ("rows", &[], 709),
        ],
    );
}

#[test]
fn atomics() {
    runs(
        "int f(void) { int a = 5; int r = __sync_fetch_and_add(&a, 3); r = r * 10 + __sync_sub_and_fetch(&a, 1);
             r = r * 10 + __sync_fetch_and_or(&a, 8); r = r * 10 + __sync_lock_test_and_set(&a, 2);
             r = r * 10 + __sync_val_compare_and_swap(&a, 2, 9); __sync_synchronize(); return r * 10 + a; }
         int at(int e) { int a = 5; int r = __atomic_compare_exchange_n(&a, &e, 9, 0, 5, 5); return r * 100 + e * 10 + a; }
         int pointer(void) { int a = 1, b = 2; int *p = &a; int *q = __atomic_exchange_n(&p, &b, 5); return *q * 10 + *p; }",
        &[
            ("f", &[], 578_529),
            ("at", &[5], 159),
            ("at", &[6], 55),
            ("pointer", &[], 12),
        ],
    );
}
