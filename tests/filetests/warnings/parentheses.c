// Assignments as conditions and mixes of operators; a second pair of parentheses says that it is meant.
// flags: -Wall
int f(int x, int y)
{
	if (x = y) //~ warning: this assigns where a condition is more usual
		return 1;
	if ((x = y + 1))
		return 2;
	return x == y;
}
int bits(int a, int b) { return a & b == 4; } //~ warning: without parentheses, this compares before it combines bits
int bits_meant(int a, int b) { return (a & b) == 4 || (a & (b == 4)); }
int logic(int a, int b, int c) { return a || b && c; } //~ warning: without parentheses, this does `&&` before `||`
int logic_meant(int a, int b, int c) { return a || (b && c); }
int shift(int a, int b) { return 1 << a + b; } //~ warning: without parentheses, this adds before it shifts
int shift_meant(int a, int b) { return 1 << (a + b); }
int chain(int a, int b, int c) { return a < b < c; } //~ warning: without parentheses, this compares the result of a comparison
int dangling(int a, int b)
{
	if (a)
		if (b) //~ warning: this `if` takes the `else` below
			return 1;
		else
			return 2;
	return 3;
}
