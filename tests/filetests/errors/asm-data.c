// What may not be written as data.
void f(long x)
{
	asm volatile(".8byte 0xff"); //~ error: these bytes are no instruction: unknown opcode 0xff
	asm volatile("r1 = 1; .long 0x95" ::: "r1"); //~ error: not whole instructions of eight bytes
	asm volatile(".byte 0x195, 0, 0, 0, 0, 0, 0, 0"); //~ error: 405 does not fit the bytes of its directive
	asm volatile(".8byte 8 / 0"); //~ error: expected a number that this operator can take
	asm volatile(".8byte nowhere"); //~ error: expected a number, found `nowhere`
	asm volatile(".ifc %0, r0; exit" :: "r"(x)); //~ error: `.ifc` without `.endif`
	asm volatile(".endif"); //~ error: expected `.ifc` before it
	asm volatile(".reloc 0, R_BPF_64_64, f"); //~ error: unknown instruction `.reloc`
	asm volatile("r10 += -8"); //~ error: `r10` is the frame pointer, which nobody may write
}
