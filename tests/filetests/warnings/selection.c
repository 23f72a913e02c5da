// The last word about a warning counts, whatever the groups say; -Werror makes errors of what is left.
// flags: -Wall -Wextra -Wno-unused-parameter -Werror
int f(int x, int idle)
{
	int unused; //~ error: nothing uses the variable `unused`
	return x;
}
