// Globals in .data, .bss and .rodata, strings, static locals.
static int counter = 5;
int total;
static const unsigned short primes[] = { 2, 3, 5, 7, 11, 13 };
static const char *const words[] = { "zero", "one", "two" };
int bump(int by)
{
	static int calls;

	counter += by;
	calls++;
	total += calls;
	return counter * 100 + total;
}
int prime(unsigned i) { return i < 6 ? primes[i] : 0; }
int letter(unsigned w, unsigned i) { return w < 3 && i < 4 ? words[w][i] : -1; }
int text(unsigned i) { return i < 5 ? "hello"[i] : 0; }
// run: bump(1) == 601
// run: bump(2) == 803
// run: bump(0) == 806
// run: prime(3) == 7
// run: prime(6) == 0
// run: letter(1, 0) == 111
// run: letter(2, 1) == 119
// run: text(4) == 111
