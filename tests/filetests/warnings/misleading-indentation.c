// Statements that look as if they belonged to the `if` or loop above.
// flags: -Wall
int f(int a)
{
	if (a > 3)
		a = 1;
		a++; //~ warning: this does not belong to the `if` above
	if (a > 4)
		a = 2;
	a++;
	if (a > 5) a = 3;
	a++;
	if (a > 6)
		a = 4;
	else
		a = 5;
		a++; //~ warning: this does not belong to the `else` above
	return a;
}
