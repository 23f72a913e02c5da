// A division by a power of two becomes a shift.
unsigned half(unsigned x) { return x / 2; }
// run: half(7) == 3
// run: half(4294967295) == 2147483647
/*~ asm
half:
    r0 = r1
    w0 >>= 1
    exit
*/
/*~ asm --asm=gnu
half:
    mov %r0,%r1
    rsh32 %r0,1
    exit
*/
