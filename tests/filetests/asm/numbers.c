// Numbers as macros of C write them: suffixes, and 64 bits that are a negative immediate.
long shorten(long x)
{
	asm("%0 = 0xffffffffffffff00" : "=r"(x));
	return x;
}
// run: shorten(0) == -256
long lengthen(long x)
{
	asm("%0 = 0x8000000000000000ULL ll" : "=r"(x));
	return x >> 60;
}
// run: lengthen(0) == -8
long count(long x)
{
	asm("%0 += 3L" : "+r"(x));
	return x;
}
// run: count(4) == 7
