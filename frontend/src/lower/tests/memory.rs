//! Structs, bit-fields, initialisers and the memory builtins. The expected numbers are those of GCC on x86-64.

use super::runs;

#[test]
fn bit_fields() {
    runs(
        "struct bf { int a : 5; unsigned b : 7; long c : 40; _Bool d : 1; unsigned char e : 3; };
         long f(void) { struct bf b = { -3, 100, -123456789012L, 1, 5 }; b.a += 20; b.b++; b.e = 13; long r = (b.c -= 1000);
             return b.a + b.b * 100L + b.c + r + b.d * 7 + b.e * 1000000L; }
         struct packed { unsigned char x : 3; unsigned long y : 61; unsigned short z : 9; int w : 20; } __attribute__((packed));
         long g(void) { struct packed b = { 5, 0x1abcdef012345678, 300, -77777 }; b.z++; b.w *= 3; b.y ^= 0xff;
             return b.x + b.y + b.z * 3L + b.w; }
         struct odd { unsigned q : 6; unsigned a : 30; int c : 30; long d : 50; } __attribute__((packed));
         long h(void) { struct odd b = { 33, 0x2abcdef1, -300000000, -1234567890123L }; b.a += 5; b.c -= 9; b.d *= 2;
             return b.q + b.a + b.c + b.d + (b.a = 0xffffffff); }",
        &[
            ("f", &[], -246_908_569_932),
            ("g", &[], 1_926_659_863_286_434_464),
            ("h", &[], -2_467_645_017_481),
        ],
    );
}

#[test]
fn packed_structs_and_unions() {
    runs(
        "struct p { char a; unsigned b; unsigned short c; unsigned long d; } __attribute__((packed));
         long f(void) { struct p p = { 1, 0x12345678, 0xabcd, 0x1122334455667788 }; struct p *q = &p; q->b += 0x01010101;
             return q->a + q->b + q->c * 3L + (q->d >> 8) + sizeof(p); }
         union u { int i; unsigned char c[4]; struct { unsigned short lo, hi; }; };
         long g(void) { union u v; v.i = 0x12345678; v.c[1] = 0xff; return v.lo + v.hi * 65536L * 2; }",
        &[("f", &[], 4_822_678_511_599_975), ("g", &[], 610_860_920)],
    );
}

#[test]
fn structs_are_copied() {
    runs(
        "struct big { long v[5]; int n; };
         static struct big gb = { { 1, 2, 3, 4, 5 }, 6 };
         long f(void) { struct big a = gb, b = { { 9 }, 1 }; struct big c = a.n > 3 ? a : b; b = a = c;
             struct big *p = &b; p->v[2] += 5; c = *p;
             return c.v[2] * 100 + (c.n > 2 ? b : a).v[4] + ({ struct big t = c; t.v[0] = 70; t; }).v[0]; }
         struct s { int x; int a[3]; };
         long literal(void) { int s = 0; for (int i = 0; i < 3; i++) { struct s *q = &(struct s){ i }; q->x += q->a[0]++;
             s += q->x * 10 + q->a[0]; } return s; }",
        &[("f", &[], 875), ("literal", &[], 33)],
    );
}

#[test]
fn initialisers_and_globals() {
    runs(
        "struct s { int x; int a[3]; };
         struct s gs = { 7, { 8, 9 } };
         static const char *names[] = { \"a\", \"bcd\", \"ef\" };
         int f(void) { static int n = 41; gs.a[2] = ++n; return gs.x + gs.a[1] + gs.a[2] * 100 + names[1][2] * 10000; }
         int text(int i) { char b[16] = \"hey you\"; return b[i]; }
         int rows(int i, int j) { int m[3][4] = { { 1, 2 }, { [2] = 3 }, { 4, 5, 6, 7 } }; return m[i][j]; }
         int whole(void) { struct { char c; long l; short s; } a = { 1, 2, 3 }; char *p = (char *)&a; int s = 0;
             for (int i = 0; i < sizeof a; i++) s += p[i]; return s; }",
        &[
            ("f", &[], 1_004_216),
            ("text", &[4], 'y' as i64),
            ("text", &[9], 0),
            ("rows", &[1, 2], 3),
            ("rows", &[2, 3], 7),
            ("rows", &[0, 3], 0),
            ("whole", &[], 6),
        ],
    );
}

#[test]
fn memory_builtins() {
    runs(
        "int f(int byte) { char b[32]; __builtin_memset(b, 0x41, 32); __builtin_memcpy(b + 3, \"hello\", 5);
             __builtin_memset(b + 20, byte, 7); __builtin_memmove(b + 4, b + 2, 9);
             int r = 0; for (int i = 0; i < 32; i++) r = r * 3 + b[i]; return r; }
         int order(int at, int c) { char a[12] = \"abcdefghijk\", b[12] = \"abcdefghijk\"; b[at] = c;
             int r = __builtin_memcmp(a, b, 12); return r < 0 ? 1 : r > 0 ? 2 : 3; }
         int same(int at) { char a[12] = \"abcdefghijk\", b[12] = \"abcdefghijk\"; b[at] ^= 1;
             return !__builtin_memcmp(a, b, 8); }",
        &[
            ("f", &[66], 3_415_244_675),
            ("order", &[3, 'd' as i64], 3),
            ("order", &[3, 'c' as i64], 2),
            ("order", &[9, 'z' as i64], 1),
            ("order", &[0, 200], 1),
            ("same", &[7], 0),
            ("same", &[8], 1),
        ],
    );
}
