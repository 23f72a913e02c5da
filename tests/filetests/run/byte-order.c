// What the byte order of the target shows in: bytes of numbers, of constants and initial values, packed members, halves.
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FIRST 1
#else
#define FIRST 0
#endif
struct packed { char c; int i; long l; } __attribute__((packed));
static const unsigned numbers[2] = { 0x01020304, 0xa0b0c0d0 };
static const unsigned short wide[] = u"A\u1234";
static const double half = 0.5;
static __int128 both = (__int128)7 << 64 | 9;
static unsigned long written = 0x1122334455667788;
static unsigned short *shorts = (unsigned short *)&written;
static const struct { unsigned a : 4, b : 12, c : 16; } fields = { 1, 0x234, 0x5678 };

int order(void) { return FIRST; }
int constant(int i) { return ((const unsigned char *)numbers)[i & 7]; }
int text(int i) { return ((const unsigned char *)wide)[i & 3]; }
int number(int i) { return ((const unsigned char *)&half)[i & 7]; }
long low(void) { return both; }
long first(void) { return *(long *)&both; }
int part(int i) { return shorts[i & 3]; }
int bits(int i) { return ((const unsigned char *)&fields)[i & 3]; }
long packed(int i, long l)
{
	struct packed p = { 1, i, l };
	p.i += 1;
	p.l -= 1;
	return p.i * 1000 + p.l;
}
int byte(int i, long l)
{
	struct packed p = { 1, 2, l };
	return ((unsigned char *)&p)[i & 15];
}
int compared(long a, long b) { return __builtin_memcmp(&a, &b, 8) < 0; }
int initialized(int i)
{
	unsigned char bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	unsigned *halves = (unsigned *)bytes;
	return halves[i & 1];
}
// run(little): order() == 0
// run(big): order() == 1
// run(little): constant(0) == 4
// run(big): constant(0) == 1
// run(little): constant(7) == 0xa0
// run(big): constant(7) == 0xd0
// run(little): text(2) == 0x34
// run(big): text(2) == 0x12
// run(little): number(7) == 0x3f
// run(big): number(0) == 0x3f
// run: low() == 9
// run(little): first() == 9
// run(big): first() == 7
// run(little): part(0) == 0x7788
// run(big): part(0) == 0x1122
// run(little): bits(0) == 0x41
// run(big): bits(0) == 0x12
// run(little): bits(3) == 0x56
// run(big): bits(3) == 0x78
// run: packed(41, 0x100000001) == 4295009296
// run(little): byte(5, 0x1122334455667788) == 0x88
// run(big): byte(5, 0x1122334455667788) == 0x11
// run(little): compared(0x100, 2) == 1
// run(big): compared(0x100, 2) == 0
// run: compared(1, 0x0101010101010101) == 1
// run(little): initialized(0) == 0x04030201
// run(big): initialized(0) == 0x01020304
// run(little): initialized(1) == 0x08070605
// run(big): initialized(1) == 0x05060708
