// Instructions written as data for big-endian machines: registers, distances and numbers are the other way round.
// flags: --endian=big
/* As libbpf's headers have it: two bytes, then four of which the upper half is the distance, then two. */
long budget(long n)
{
	long sum = 0;

	for (;;) {
		asm volatile goto("1: .byte 0xe5;"
				  "   .byte 0;"
				  "   .long (((%l[done] - 1b - 8) / 8) & 0xffff) << 16;"
				  "   .short 0"
				  :::: done);
		if (!n--)
			break;
		sum += 2;
	}
done:
	return sum;
}

struct insn {
	unsigned char code;
	unsigned char dst : 4;
	unsigned char src : 4;
	short off;
	int imm;
};

/* `r0 = 42` and `r1 = r0` */
long encoded(void)
{
	long x;

	asm volatile(".8byte %[mov]; .quad 0xbf10000000000000; %0 = r1"
		     : "=r"(x)
		     : [mov] "i"(*(long *)&((struct insn){.code = 0xb7, .dst = 0, .src = 0, .off = 0, .imm = 42}))
		     : "r0", "r1");
	return x;
}

/* Sixteen bytes are one instruction. */
unsigned long wide(void)
{
	unsigned long x;

	asm volatile(".8byte 0x1810000000000002, 0x0000000000000003; %0 = r1" : "=r"(x) :: "r1");
	return x;
}
// run: budget(3) == 6
// run: encoded() == 42
// run: wide() == 0x300000002
