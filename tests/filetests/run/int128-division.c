// 128-bit division and remainder: a loop of 128 rounds. Dividing by zero means what it means for BPF's 64 bits.
typedef __int128 s128;
typedef unsigned __int128 u128;
static u128 u(unsigned long hi, unsigned long lo) { return (u128)hi << 64 | lo; }
static long folded(u128 v) { return (long)(v >> 64) * 31 + (long)v; }

long quotient(long ah, long al, long bh, long bl) { return folded(u(ah, al) / u(bh, bl)); }
long remainder(long ah, long al, long bh, long bl) { return folded(u(ah, al) % u(bh, bl)); }
long signed_quotient(long ah, long al, long bh, long bl) { return folded((s128)u(ah, al) / (s128)u(bh, bl)); }
long signed_remainder(long ah, long al, long bh, long bl) { return folded((s128)u(ah, al) % (s128)u(bh, bl)); }
long assigned(long a, int b) { s128 v = (s128)a * a; v /= b; return folded(v); }
long power(long a) { return folded(u(a, a) / 16) + folded(u(a, a) % ((u128)1 << 70)); }
// run: quotient(-1,-1,0,3) == -6148914691236517216
// run: quotient(5,7,2,9) == 2
// run: quotient(-1,5,-9223372036854775808,1) == 1
// run: remainder(-1,-1,0,1000000007) == 279632276
// run: remainder(-1,-3,-1,-2) == -34
// run: signed_quotient(-9223372036854775808,0,-1,-1) == -9223372036854775808
// run: signed_quotient(-5,3,0,7) == 5270498306774157574
// run: signed_remainder(-5,3,0,7) == 0
// run: signed_remainder(5,3,-1,-7) == 6
// run: assigned(-9223372036854775807,-13) == 3192705705065114682
// run: power(-77) == 3458764513820542272
// run: quotient(5, 7, 0, 0) == 0
// run: remainder(5, 7, 0, 0) == 162
