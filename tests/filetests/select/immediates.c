// Constants that fit 32 bits go into the instruction; larger ones take two slots.
long small(long x) { return x + 1000; }
long large(long x) { return x ^ 0x123456789abcdef0; }
int reversed(int x) { return 5 < x; }
// run: small(1) == 1001
// run: large(0) == 0x123456789abcdef0
// run: reversed(6) == 1
/*~ select
small:
b0:
    v0 = params
    v1 = add64 v0, 1000
    return v1

large:
b0:
    v0 = params
    v2 = 1311768467463790320
    v1 = xor64 v0, v2
    return v1

reversed:
b0:
    v0 = params
    branch32 v0 jsgt 5, b1, b2
b1:
    v1 = 1
    jump b3(v1)
b2:
    v2 = 0
    jump b3(v2)
b3(v3):
    return v3
*/
