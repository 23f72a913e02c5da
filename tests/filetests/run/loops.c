// Loops of each kind, nested, with break and continue.
int sum(int n)
{
	int s = 0;

	for (int i = 1; i <= n; i++) {
		if (i % 3 == 0)
			continue;
		if (i > 100)
			break;
		s += i;
	}
	return s;
}
unsigned gcd(unsigned a, unsigned b)
{
	while (b) {
		unsigned t = a % b;

		a = b;
		b = t;
	}
	return a;
}
int digits(unsigned x)
{
	int n = 0;

	do
		n++;
	while (x /= 10);
	return n;
}
int grid(int n)
{
	int hits = 0;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			if ((i ^ j) & 1)
				hits += j;
	return hits;
}
int bubble(int a, int b, int c, int d)
{
	int v[4] = { a, b, c, d };

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3 - i; j++)
			if (v[j] > v[j + 1]) {
				int t = v[j];

				v[j] = v[j + 1];
				v[j + 1] = t;
			}
	return v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3];
}
// run: sum(10) == 37
// run: sum(1000) == 3367
// run: gcd(1071, 462) == 21
// run: digits(0) == 1
// run: digits(98765) == 5
// run: grid(5) == 24
// run: bubble(4, 2, 3, 1) == 1234
