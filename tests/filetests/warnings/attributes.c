// Attributes that silence warnings, wherever they may stand, and unknown ones, which are mentioned once.
// flags: -Wall -Wextra
#define FALLTHROUGH __attribute__((__fallthrough__))
int in_cases(int x)
{
	switch (x) {
	case 1: x++; __attribute__((fallthrough));
	case 2: x++; [[fallthrough]];
	case 3: x++; [[gnu::fallthrough]];
	case 4: x++; FALLTHROUGH;
	case 5: x++;
	}
	return x;
}
int params(int a __attribute__((unused)), __attribute__((unused)) int b, [[maybe_unused]] int c, int d [[maybe_unused]],
           int *__attribute__((unused)) e) { return 0; }
int old(x) int x __attribute__((unused)); { return 0; }
int variables(void)
{
	[[maybe_unused]] int a = 1;
	int b [[maybe_unused]] = 2, c __attribute__((unused)), d [[gnu::unused]] [2];
	__attribute__((unused)) int e;
	return 0;
}
static int spare(int x) __attribute__((unused)) { return x; }
struct s { int a; } __attribute__((frobnicated)); //~ warning: is not known here
struct __attribute__((layered)) t { int a; }; //~ warning: is not known here
int f(void) { struct s { int a; } __attribute__((shiny)) x = { 1 }; return x.a; } //~ warning: is not known here
