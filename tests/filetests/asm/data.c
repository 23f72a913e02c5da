// Instructions written as data, as headers do for what an older assembler did not know.
// flags: --endian=little
/* `%[reg] += %[by]`, whichever register that is. */
long add(long x)
{
	asm volatile(".byte 0x07;"
		     ".ifc %[reg], r0; .byte 0x00; .endif; .ifc %[reg], r1; .byte 0x01; .endif;"
		     ".ifc %[reg], r2; .byte 0x02; .endif; .ifc %[reg], r3; .byte 0x03; .endif;"
		     ".ifc %[reg], r4; .byte 0x04; .endif; .ifc %[reg], r5; .byte 0x05; .endif;"
		     ".ifc %[reg], r6; .byte 0x06; .endif; .ifc %[reg], r7; .byte 0x07; .endif;"
		     ".ifc %[reg], r8; .byte 0x08; .endif; .ifc %[reg], r9; .byte 0x09; .endif;"
		     ".short 0; .long %[by]"
		     : [reg] "+r"(x) : [by] "i"(7));
	return x;
}

/* The budget of iterations, without `may_goto`. */
long budget(long n)
{
	long sum = 0;

	for (;;) {
		asm volatile goto("1: .byte 0xe5;"
				  "   .byte 0;"
				  "   .long ((%l[done] - 1b - 8) / 8) & 0xffff;"
				  "   .short 0"
				  :::: done);
		if (!n--)
			break;
		sum += 2;
	}
done:
	return sum;
}

/* A distance in slots, and a jump over it. */
long jumps(long x)
{
	asm volatile("r0 = %0;"
		     ".byte 0xe5; /* may_goto */"
		     ".byte 0;    /* registers */"
		     ".short 1;   /* distance */"
		     ".long 0;    // nothing"
		     "\n r0 += 1; %0 = r0"
		     : "+r"(x) :: "r0");
	return x;
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

	asm volatile(".8byte %[mov]; .quad 0x01bf; %0 = r1"
		     : "=r"(x)
		     : [mov] "i"(*(long *)&((struct insn){.code = 0xb7, .dst = 0, .src = 0, .off = 0, .imm = 42}))
		     : "r0", "r1");
	return x;
}

/* Sixteen bytes are one instruction. */
unsigned long wide(void)
{
	unsigned long x;

	asm volatile(".8byte 0x0000000200000118, 0x0000000300000000; %0 = r1" : "=r"(x) :: "r1");
	return x;
}
// run: add(5) == 12
// run: budget(3) == 6
// run: jumps(4) == 5
// run: encoded() == 42
// run: wide() == 0x300000002

/* A number that is known only after inlining. */
static inline __attribute__((always_inline)) unsigned long loaded(const int value)
{
	unsigned long x;

	asm volatile(".long 0x1b7, %1; %0 = r1" : "=r"(x) : "i"(value) : "r1");
	return x;
}

unsigned long after_inlining(void) { return loaded(3) + loaded(4); }
// run: after_inlining() == 7
