// Naked functions in the manner of the kernel's tests of its checker. `tests/peers.rs` compares their bytes with clang's.
// flags: --mcpu=v4
#define __naked __attribute__((naked))
#define __clobber_all "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "memory"
#define __imm(name) [name] "i"(name)
#define __imm_const(name, expr) [name] "i"(expr)
#define __imm_insn(name, expr) [name] "i"(*(long *)&(expr))

struct bpf_insn {
	unsigned char code;
	unsigned char dst_reg : 4;
	unsigned char src_reg : 4;
	short off;
	int imm;
};

#define INSN(CODE, DST, SRC, OFF, IMM) \
	((struct bpf_insn){.code = CODE, .dst_reg = DST, .src_reg = SRC, .off = OFF, .imm = IMM})

static unsigned long (*bpf_get_prandom_u32)(void) = (void *)7;

__naked int arithmetic(void)
{
	asm volatile ("					\
	r0 = 0xfffffffe;				\
	w1 = 0xffffffff;				\
	r2 = 0x1122334455667788 ll;			\
	r0 += r2;					\
	r0 s/= 3;					\
	r0 %%= 1000;					\
	w0 s%%= 7;					\
	r1 = (s8)r2;					\
	w3 = (s16)w2;					\
	r2 = bswap32 r2;				\
	r3 = be16 r3;					\
	r4 = -8 + 2 * 4;				\
	r4 = -r4;					\
	w4 ^= w3;					\
	r4 s>>= 63;					\
	w4 <<= 31;					\
	r0 += r1;					\
	r0 += r2;					\
	r0 += r3;					\
	r0 += r4;					\
	exit;						\
"	::: __clobber_all);
}

__naked int jumps(void)
{
	asm volatile (
	"call %[bpf_get_prandom_u32];"
	"r6 = r0;"
	"if r0 > 1 goto +0;"
	"if w6 s> -0x80 goto l0_%=;"
	"if r6 & 7 goto l1_%=;"
	"r0 = 0;"
	"exit;"
"l0_%=:	if r6 != r0 goto l1_%=;"
	"r0 = 1;"
	"goto 1f;"
"l1_%=:	r0 = 2;"
"1:"
	"gotol 2f;"
	"r0 = 3;"
"2:	exit;"
	:
	: __imm(bpf_get_prandom_u32)
	: __clobber_all);
}

__naked int stack(void)
{
	asm volatile ("					\
	*(u64*)(r10 - 8) = 5;				\
	r2 = r10;					\
	r2 += -16;	# not a comment of C		\n\
	*(u32 *)(r2 + %[offset]) = 7;			\
	r1 = 3;						\
	*(u8 *)(r10 -9) = r1;				\
	lock *(u64 *)(r10 - 8) += r1;			\
	r3 = 1;						\
	r3 = atomic_fetch_add((u64 *)(r10 - 8), r3);	\
	r0 = 9;						\
	r0 = cmpxchg_64(r10 - 8, r0, r1);		\
	r3 = xchg_64(r10 - 8, r3);			\
	r4 = *(s8 *)(r10 - 9);				\
	r5 = *(u32 *)(r10 + %[offset] - 16);		\
	r0 = r3;					\
	r0 += r4;					\
	r0 += r5;					\
	exit;						\
"	:
	: __imm_const(offset, 4)
	: __clobber_all);
}

__naked int encoded(void)
{
	asm volatile (
	".8byte %[mov]; /* r0 = 41 */"
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	"1: .byte 0xe5; .byte 0; .long ((l0_%= - 1b - 8) / 8) & 0xffff; .short 0;"
#else
	"1: .byte 0xe5; .byte 0; .long (((l0_%= - 1b - 8) / 8) & 0xffff) << 16; .short 0;"
#endif
	".8byte %[add];"
"l0_%=:	.byte 0x95; .byte 0; .short 0; .long 0;"
	:
	: __imm_insn(mov, INSN(0xb7, 0, 0, 0, 41)), __imm_insn(add, INSN(0x07, 0, 0, 0, 1))
	: __clobber_all);
}
// run(little): arithmetic() == 0x8877ee55
// run(big): arithmetic() == 0x8877dd66
// run(little): stack() == 0x300000d
// run(big): stack() == 0x9
// run: encoded() == 42
