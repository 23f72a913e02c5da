// `asm goto`: the text may jump to labels of C.
int compared(long x)
{
	asm goto("if %0 s> 10 goto %l[large]; if %0 == 3 goto %l[three]" : : "r"(x) : : large, three);
	return 0;
large:
	return 1;
three:
	return 2;
}

int no_operands(void)
{
	asm volatile goto("goto %l[out]" :::: out);
	return 1;
out:
	return 2;
}

int numbered(long x)
{
	asm goto("if %0 & 1 goto %l1" :: "r"(x) : "memory" : odd);
	return 0;
odd:
	return 1;
}

long with_output(long x)
{
	long y;

	asm goto("%[y] = %[x]; %[y] += 1; if %[y] == 8 goto %l[eight]"
		 : [y] "=&r"(y) : [x] "r"(x) : "r0" : eight);
	return y;
eight:
	return -y;
}

long counted(long n)
{
	long sum = 0;

again:
	sum += n--;
	asm goto("if %0 s> 0 goto %l[again]" :: "r"(n) :: again);
	return sum;
}

long budget(long n)
{
	long sum = 0;

	for (;;) {
		asm goto("may_goto %l[done]" :::: done);
		if (!n--)
			break;
		sum += 2;
	}
done:
	return sum;
}

int no_labels_used(void)
{
	asm goto("" :::: out);
	return 4;
out:
	return 5;
}
// run: compared(11) == 1
// run: compared(3) == 2
// run: compared(4) == 0
// run: no_operands() == 2
// run: numbered(7) == 1
// run: numbered(6) == 0
// run: with_output(4) == 5
// run: with_output(7) == -8
// run: counted(4) == 10
// run: budget(3) == 6
// run: no_labels_used() == 4
