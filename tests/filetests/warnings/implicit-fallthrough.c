// Cases that run into the next one, unless a comment or an attribute says so.
// flags: -Wextra
int f(int x)
{
	int y = 0;
	switch (x) {
	case 1:
	case 2:
		y = 1;
	case 3: //~ warning: the case above runs into this one
		y += 2;
		break;
	case 4:
		y = 5;
		/* fall through */
	case 5:
		y += 6;
	}
	return y;
}
// run: f(1) == 3
// run: f(4) == 11
