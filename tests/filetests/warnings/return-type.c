// Functions that end without a result on some way; `main` returns 0.
// flags: -Wall
void abort(void) __attribute__((noreturn));
int f(int x) //~ warning: `f` can end without a result
{
	if (x)
		return 1;
}
int g(int x)
{
	switch (x) {
	case 1:
		return 2;
	default:
		abort();
	}
}
int h(int x)
{
	for (;;)
		if (x++ > 7)
			return x;
}
int both(int x)
{
	if (x)
		return 1;
	else
		return 2;
}
int main(void) {}
