// Conditions as control flow and as values.
int both(int a, int b) { return a && b; }
int either(int a, int b) { return a || b; }
int not(long a) { return !a; }
int max(int a, int b) { return a > b ? a : b; }
int in_range(int x, int low, int high) { return x >= low && x <= high; }
int or_else(int a, int b) { return a ?: b; }
int nested(int a, int b, int c)
{
	if (a) {
		if (b)
			return 1;
		else if (c)
			return 2;
	} else if (b || c) {
		return b && c ? 3 : 4;
	}
	return 5;
}
int count(int a, int b, int c) { return (a > 0) + (b > 0) + (c > 0); }
// run: both(2, 4) == 1
// run: both(0, 4) == 0
// run: either(0, 0) == 0
// run: either(0, 9) == 1
// run: not(0x100000000) == 0
// run: not(0) == 1
// run: max(-3, 2) == 2
// run: in_range(5, 1, 10) == 1
// run: in_range(11, 1, 10) == 0
// run: or_else(0, 7) == 7
// run: or_else(3, 7) == 3
// run: nested(1, 1, 0) == 1
// run: nested(1, 0, 1) == 2
// run: nested(1, 0, 0) == 5
// run: nested(0, 1, 1) == 3
// run: nested(0, 0, 1) == 4
// run: count(1, -1, 5) == 2
