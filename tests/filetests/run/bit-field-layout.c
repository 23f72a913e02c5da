// The layout of bit-fields is that of the host: no width, packed, mixed types, `_Bool`, enumerations.
#define P __attribute__((packed))
struct a { int x : 3; unsigned : 0; char c : 2; _Bool d : 1; long e : 40; };
struct b { int x : 3; unsigned : 0; char c : 2; _Bool d : 1; long e : 40; } P;
struct c { char a; int b : 7; short c : 9; char d; };
struct d { char a; int b : 7 P; long c : 33 P; char d; };
struct e { unsigned a : 31; unsigned b : 2; unsigned char c : 8; unsigned long d : 63; _Bool e : 1, f : 1; };
struct f { char : 0; char a; short : 0; char b; long : 0; char c; };
struct g { long a : 10; int : 5; short b : 3; char c : 8; };
struct h { _Bool a : 1; long b : 2; int c : 30; } P;
union u { int a : 5; long b : 33; char c; };
struct i { int a : 5; struct { int b : 5; } s; int c : 27; int d; };
struct j { short a : 15, b : 15; char c : 1; } __attribute__((aligned(8)));
struct k { int a; int b : 1; char c; int : 3; char d; };
enum en { E0, E1, E2 }; struct l { enum en a : 2; enum en b : 3; unsigned char c : 3; };
struct m { long long a : 64; int b : 32; char c : 1; short d : 16; };
long s_a(int x) { union { struct a v; unsigned char bytes[sizeof(struct a)]; } u = { .bytes = { 0 } }; struct a v; __builtin_memset(&v, 0, sizeof v); v.x = -1; v.e = -1; v.c = (__typeof__(v.c + 0))x; v.d = (__typeof__(v.d + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct a); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.x + (long)v.c + (long)v.d + (long)v.e); }
long s_b(int x) { union { struct b v; unsigned char bytes[sizeof(struct b)]; } u = { .bytes = { 0 } }; struct b v; __builtin_memset(&v, 0, sizeof v); v.x = -1; v.e = -1; v.c = (__typeof__(v.c + 0))x; v.d = (__typeof__(v.d + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct b); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.x + (long)v.c + (long)v.d + (long)v.e); }
long s_c(int x) { union { struct c v; unsigned char bytes[sizeof(struct c)]; } u = { .bytes = { 0 } }; struct c v; __builtin_memset(&v, 0, sizeof v); v.b = -1; v.c = -1;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct c); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.b + (long)v.c); }
long s_d(int x) { union { struct d v; unsigned char bytes[sizeof(struct d)]; } u = { .bytes = { 0 } }; struct d v; __builtin_memset(&v, 0, sizeof v); v.b = -1; v.c = -1;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct d); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.b + (long)v.c); }
long s_e(int x) { union { struct e v; unsigned char bytes[sizeof(struct e)]; } u = { .bytes = { 0 } }; struct e v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.f = -1; v.b = (__typeof__(v.b + 0))x; v.c = (__typeof__(v.c + 0))x; v.d = (__typeof__(v.d + 0))x; v.e = (__typeof__(v.e + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct e); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.b + (long)v.c + (long)v.d + (long)v.e + (long)v.f); }
long s_f(int x) { union { struct f v; unsigned char bytes[sizeof(struct f)]; } u = { .bytes = { 0 } }; struct f v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.c = -1; v.b = (__typeof__(v.b + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct f); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.b + (long)v.c); }
long s_g(int x) { union { struct g v; unsigned char bytes[sizeof(struct g)]; } u = { .bytes = { 0 } }; struct g v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.c = -1; v.b = (__typeof__(v.b + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct g); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.b + (long)v.c); }
long s_h(int x) { union { struct h v; unsigned char bytes[sizeof(struct h)]; } u = { .bytes = { 0 } }; struct h v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.c = -1; v.b = (__typeof__(v.b + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct h); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.b + (long)v.c); }
long s_i(int x) { union { struct i v; unsigned char bytes[sizeof(struct i)]; } u = { .bytes = { 0 } }; struct i v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.c = -1;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct i); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.c); }
long s_j(int x) { union { struct j v; unsigned char bytes[sizeof(struct j)]; } u = { .bytes = { 0 } }; struct j v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.c = -1; v.b = (__typeof__(v.b + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct j); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.b + (long)v.c); }
long s_k(int x) { union { struct k v; unsigned char bytes[sizeof(struct k)]; } u = { .bytes = { 0 } }; struct k v; __builtin_memset(&v, 0, sizeof v); v.b = -1; v.d = -1; v.c = (__typeof__(v.c + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct k); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.b + (long)v.c + (long)v.d); }
long s_l(int x) { union { struct l v; unsigned char bytes[sizeof(struct l)]; } u = { .bytes = { 0 } }; struct l v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.c = -1; v.b = (__typeof__(v.b + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct l); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.b + (long)v.c); }
long s_m(int x) { union { struct m v; unsigned char bytes[sizeof(struct m)]; } u = { .bytes = { 0 } }; struct m v; __builtin_memset(&v, 0, sizeof v); v.a = -1; v.d = -1; v.b = (__typeof__(v.b + 0))x; v.c = (__typeof__(v.c + 0))x;  u.v = v; __builtin_memcpy(u.bytes, &v, sizeof v); long h = sizeof v * 8 + _Alignof(struct m); for (unsigned i = 0; i < sizeof v; i++) h = h * 31 + u.bytes[i]; return h % 1000003 + ((long)v.a + (long)v.b + (long)v.c + (long)v.d); }
int sizes(void) { return sizeof(union u); }
// run(little): s_a(5) == -247235
// run(big): s_a(5) == -640838
// run(little): s_a(-2) == -44420
// run(big): s_a(-2) == -660528
// run(little): s_b(5) == 763222
// run(big): s_b(5) == 224450
// run(little): s_b(-2) == 392283
// run(big): s_b(-2) == 484615
// run(little): s_c(5) == 521209
// run(big): s_c(5) == 437373
// run(little): s_c(-2) == 521209
// run(big): s_c(-2) == 437373
// run: s_d(5) == 58076
// run: s_d(-2) == 58076
// run(little): s_e(5) == 2148145725
// run(big): s_e(5) == 2148177292
// run(little): s_e(-2) == -9223372034706514663
// run(big): s_e(-2) == -9223372034706426799
// run: s_f(5) == 62220
// run: s_f(-2) == 815821
// run(little): s_g(5) == 168584
// run(big): s_g(5) == 366173
// run(little): s_g(-2) == 797652
// run(big): s_g(-2) == 496258
// run(little): s_h(5) == 444390
// run(big): s_h(5) == 33422
// run(little): s_h(-2) == 291423
// run(big): s_h(-2) == 586004
// run(little): s_i(5) == 440205
// run(big): s_i(5) == 993678
// run(little): s_i(-2) == 440205
// run(big): s_i(-2) == 993678
// run(little): s_j(5) == 8070
// run(big): s_j(5) == 440462
// run(little): s_j(-2) == 932094
// run(big): s_j(-2) == 343470
// run(little): s_k(5) == 591594
// run(big): s_k(5) == 375039
// run(little): s_k(-2) == 830876
// run(big): s_k(-2) == 614321
// run(little): s_l(5) == 605028
// run(big): s_l(5) == 366700
// run(little): s_l(-2) == 724193
// run(big): s_l(-2) == 605029
// run(little): s_m(5) == -617334
// run(big): s_m(5) == -874165
// run(little): s_m(-2) == -616884
// run(big): s_m(-2) == -8827
// run: sizes() == 8
