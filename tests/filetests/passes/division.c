// Division by a power of two is a shift, also of a signed number that cannot be negative: the kernel's checker knows bounds of
// shifted values, but none of quotients.
unsigned int unsigned_quotient(unsigned int a)
{
	return a / 64;
}

unsigned long unsigned_remainder(unsigned long a)
{
	return a % 4096;
}

int promoted(unsigned char *a)
{
	return *a / 64 + *a % 64;
}

int ends_below_one(unsigned char *a)
{
	return *a / 256;
}

/* The sign of the dividend is not known, and rounding goes towards zero. */
int both_signs(int a)
{
	return a / 64 + a % 64;
}

int divisor_negative(unsigned char *a)
{
	return *a / -64;
}

long bound_by_test(unsigned char *a)
{
	static const long table[2] = {11, 22};

	return *a < 128 ? table[*a / 64] : -1;
}
static unsigned char bytes[3] = {200, 127, 64};

long use(void)
{
	return promoted(bytes) + ends_below_one(bytes) + 1000 * -divisor_negative(bytes) + bound_by_test(bytes + 1) + bound_by_test(bytes) +
	       bound_by_test(bytes + 2);
}
// run: unsigned_quotient(200) == 3
// run: unsigned_quotient(0xffffffff) == 0x3ffffff
// run: unsigned_remainder(0xffffffffffffffff) == 4095
// run: both_signs(-65) == -2
// run: both_signs(130) == 4
// run: use() == 3054
/*~ asm
unsigned_quotient:
    r0 = r1
    w0 >>= 6
    exit

unsigned_remainder:
    r0 = r1
    r0 &= 4095
    exit

promoted:
    r1 = *(u8 *)(r1 + 0)
    r0 = r1
    w0 >>= 6
    w1 &= 63
    w0 += w1
    exit

ends_below_one:
    r0 = 0
    exit

both_signs:
    r2 = r1
    w2 s>>= 31
    r0 = r1
    w0 ^= w2
    w0 -= w2
    w0 /= 64
    w0 ^= w2
    w0 -= w2
    r2 = r1
    w2 s>>= 31
    w1 ^= w2
    w1 -= w2
    w1 %= 64
    w1 ^= w2
    w1 -= w2
    w0 += w1
    exit

divisor_negative:
    r0 = *(u8 *)(r1 + 0)
    r1 = r0
    w1 s>>= 31
    w0 ^= w1
    w0 -= w1
    w0 /= 64
    w1 ^= -1
    w0 ^= w1
    w0 -= w1
    exit

bound_by_test:
    r1 = *(u8 *)(r1 + 0)
    if w1 s>= 128 goto LBB6_2
    w1 >>= 6
    r1 *= 8
    r2 = bound_by_test.table ll
    r2 += r1
    r0 = *(u64 *)(r2 + 0)
    exit
LBB6_2:
    r0 = -1
    exit

use:
    r1 = bytes ll
    r1 = *(u8 *)(r1 + 0)
    r0 = r1
    w0 >>= 6
    r2 = r1
    w2 &= 63
    w0 += w2
    r2 = r1
    w2 s>>= 31
    w1 ^= w2
    w1 -= w2
    w1 /= 64
    w2 ^= -1
    w1 ^= w2
    w1 -= w2
    w1 = -w1
    w1 *= 1000
    w0 += w1
    r0 <<= 32
    r0 s>>= 32
    r1 = bytes ll
    r1 = *(u8 *)(r1 + 1)
    if w1 s>= 128 goto LBB7_2
    w1 >>= 6
    r1 *= 8
    r2 = bound_by_test.table ll
    r2 += r1
    r1 = *(u64 *)(r2 + 0)
    goto LBB7_3
LBB7_2:
    r1 = -1
LBB7_3:
    r0 += r1
    r1 = bytes ll
    r1 = *(u8 *)(r1 + 0)
    if w1 s>= 128 goto LBB7_5
    w1 >>= 6
    r1 *= 8
    r2 = bound_by_test.table ll
    r2 += r1
    r1 = *(u64 *)(r2 + 0)
    goto LBB7_6
LBB7_5:
    r1 = -1
LBB7_6:
    r0 += r1
    r1 = bytes ll
    r1 = *(u8 *)(r1 + 2)
    if w1 s>= 128 goto LBB7_8
    w1 >>= 6
    r1 *= 8
    r2 = bound_by_test.table ll
    r2 += r1
    r1 = *(u64 *)(r2 + 0)
    goto LBB7_9
LBB7_8:
    r1 = -1
LBB7_9:
    r0 += r1
    exit
*/
