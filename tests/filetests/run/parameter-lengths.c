// The length of an array that is a parameter may name the parameters before; a definition computes it on entry.
int sum(int n, const int a[n]);
int sum(int n, const int a[static n])
{
	return a[0] + a[1] * n;
}
int count(int n, int b[n++]) { return n; }
int sums(int x)
{
	int a[2] = {x, 3};

	return sum(2, a) * 100 + count(4, a) * 10 + sizeof(int (*)(int n, char text[n]));
}
// run: sums(5) == 1158
