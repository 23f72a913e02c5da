// Loops that are written out, in all shapes, mean what they meant.
static int at(const unsigned char *p, int i) { return p[i]; }
int counted(int x) { int s = 0; for (int i = 0; i < 4; i++) s = s * 3 + (x ^ i); return s; }
// run: counted(5) == 198
int breaks(int x) { int i; for (i = 0; i < 5; i++) if ((x >> i & 1) == 0) break; return i * 10 + x; }
// run: breaks(7) == 37
// run: breaks(0) == 0
// run: breaks(31) == 81
int continues(int x) { int s = 0, i = 0; while (i < 6) { i++; if (x & 1 << i) continue; s += i; } return s * 100 + i; }
// run: continues(10) == 1706
int nested(int x) { int s = 0; for (int i = 0; i < 4; i++) for (int j = i; j < 4; j++) s += x * i + j; return s; }
// run: nested(1) == 30
// run: nested(10) == 120
int behind(int x) { int last = 0, i; for (i = 1; i < 20; i += 3) { last = x + i * i; if (last > 300) break; } return last * 100 + i; }
// run: behind(0) == 36119
// run: behind(1000) == 100101
int chooses(int x) { int s = x; for (int i = 0; i < 4; i++) switch (i) { case 0: s += 1; break; case 1: s *= 2; case 2: s += 3; continue; default: s = -s; } return s; }
// run: chooses(1) == -10
int early(int x) { for (int i = 0; i < 4; i++) if (x == i * i) return i; return -1; }
// run: early(9) == 3
// run: early(4) == 2
// run: early(5) == -1
int down(int x) { int s = 0; for (int i = 3; i >= 0; i--) s = s * 10 + (x >> i & 1); return s; }
// run: down(10) == 1010
unsigned wraps(unsigned x) { unsigned n = 0; for (unsigned char i = 250; i != 4; i += 2) n += x; return n; }
// run: wraps(7) == 35
int doubles(int x) { int n = 0; for (int i = 1; i < 200; i *= 2) n += x & i; return n; }
// run: doubles(255) == 255
int at_least_once(int x) { int i = 0; do x += i; while (++i < 3); return x; }
// run: at_least_once(1) == 4
int never(int x) { for (int i = 4; i < 4; i++) x = 0; return x; }
// run: never(3) == 3
int once(int x) { for (int i = 3; i < 4; i++) x *= 2; return x; }
// run: once(3) == 6
int unknown(int n) { int s = 0; for (int i = 0; i < n; i++) s += i; return s; }
// run: unknown(5) == 10
int long_one(int x) { int s = 0; for (int i = 0; i < 1000; i++) s += x ^ i; return s; }
// run: long_one(0) == 499500
int string(void) { unsigned char b[4] = { 1, 2, 3, 4 }; int s = 0; for (int i = 0; i < 4; i++) s = s << 4 | at(b, i); return s; }
// run: string() == 0x1234
