// `goto` forwards, out of and into blocks.
int steps(int n)
{
	int r = 0;

	if (n > 10)
		goto big;
	r = 1;
	if (n < 0) {
		goto done;
big:
		r = 2;
	}
	r += 10;
done:
	return r;
}
// run: steps(20) == 12
// run: steps(5) == 11
// run: steps(-1) == 1
