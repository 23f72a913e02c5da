// Enumerators without a case, unless there is a default.
// flags: -Wall
enum colour { RED, GREEN, BLUE, PINK };
int f(enum colour c)
{
	switch (c) { //~ warning: this `switch` has no case for `GREEN`, `BLUE` and 1 more
	case RED: return 1;
	}
	switch (c) {
	case RED: return 1;
	default: return 2;
	}
}
int g(int c)
{
	switch (c) {
	case RED: return 1;
	}
	return 0;
}
