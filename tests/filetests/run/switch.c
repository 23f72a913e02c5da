// `switch` with fall-through, default in the middle, ranges and sparse values.
int classify(int x)
{
	int r = 0;

	switch (x) {
	case 1:
		r += 1;
	case 2:
		r += 10;
		break;
	default:
		r = -1;
		break;
	case 100 ... 200:
		r = 7;
		break;
	case -5:
		r = 9;
	}
	return r;
}
int wide(unsigned long x)
{
	switch (x) {
	case 0x100000000: return 1;
	case 0: return 2;
	}
	return 3;
}
// run: classify(1) == 11
// run: classify(2) == 10
// run: classify(3) == -1
// run: classify(100) == 7
// run: classify(200) == 7
// run: classify(201) == -1
// run: classify(-5) == 9
// run: wide(0x100000000) == 1
// run: wide(0) == 2
// run: wide(1) == 3
