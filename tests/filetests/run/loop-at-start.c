// A function whose first instruction is the head of a loop does not set up its frame again at each round.
int left = 5;
static __attribute__((noinline)) int next(void) { return --left; }
int main(void)
{
	while (next())
		;
	return left;
}
int again(int n)
{
	left = n;
	return main() + 1;
}
// run: main() == 0
// run: again(3) == 1
