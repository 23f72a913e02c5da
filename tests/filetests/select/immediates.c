// Constants that fit 32 bits go into the instruction; larger ones take two slots.
long small(long x) { return x + 1000; }
long large(long x) { return x ^ 0x123456789abcdef0; }
int reversed(int x) { return 5 < x; }
// run: small(1) == 1001
// run: large(0) == 0x123456789abcdef0
// run: reversed(6) == 1
/*~ select
*/
