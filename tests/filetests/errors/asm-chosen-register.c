// What `.ifc` chooses by the register of an operand is looked at when there is one.
long add(long x)
{
	asm volatile(".byte 0x07;" //~ error: expected a number
		     ".ifc %[reg], r0; .byte ; .endif; .ifc %[reg], r1; .byte 0x01; .endif;"
		     ".ifc %[reg], r2; .byte 0x02; .endif; .ifc %[reg], r3; .byte 0x03; .endif;"
		     ".ifc %[reg], r4; .byte 0x04; .endif; .ifc %[reg], r5; .byte 0x05; .endif;"
		     ".ifc %[reg], r6; .byte 0x06; .endif; .ifc %[reg], r7; .byte 0x07; .endif;"
		     ".ifc %[reg], r8; .byte 0x08; .endif; .ifc %[reg], r9; .byte 0x09; .endif;"
		     ".short 0; .long 7"
		     : [reg] "+r"(x));
	return x;
}
