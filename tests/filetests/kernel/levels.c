// The newest instructions that a kernel runs, and none that it does not: v1 before 4.14, v2 before 5.1, v4 from 6.6 on.
// flags: --kernel=4.4
long scale(long x, int y) { return x / 3 < y ? y : x; }
// run: scale(10, 2) == 10
// run: scale(10, 20) == 20
/*~ asm
scale:
    r4 = r1
    r4 s>>= 63
    r3 = r1
    r3 ^= r4
    r3 -= r4
    r3 /= 3
    r3 ^= r4
    r3 -= r4
    r2 <<= 32
    r2 s>>= 32
    if r3 s>= r2 goto LBB0_2
    r0 = r2
    exit
LBB0_2:
    r0 = r1
    exit
*/
/*~ asm --kernel=4.19
scale:
    r4 = r1
    r4 s>>= 63
    r3 = r1
    r3 ^= r4
    r3 -= r4
    r3 /= 3
    r3 ^= r4
    r3 -= r4
    r2 <<= 32
    r2 s>>= 32
    if r3 s>= r2 goto LBB0_2
    r0 = r2
    exit
LBB0_2:
    r0 = r1
    exit
*/
/*~ asm --kernel=5.15
scale:
    r4 = r1
    r4 s>>= 63
    r3 = r1
    r3 ^= r4
    r3 -= r4
    r3 /= 3
    r3 ^= r4
    r3 -= r4
    r2 <<= 32
    r2 s>>= 32
    if r3 s>= r2 goto LBB0_2
    r0 = r2
    exit
LBB0_2:
    r0 = r1
    exit
*/
/*~ asm --kernel=6.6
scale:
    r3 = r1
    r3 s/= 3
    r0 = (s32)r2
    if r3 s< r0 goto LBB0_2
    r0 = r1
    exit
LBB0_2:
    exit
*/
