// __attribute__((cleanup(f))): every way out of the scope calls, the latest declared first.
static long trace;
static void note(int *x) { trace = trace * 10 + *x; *x = 0; }
static void end(long *x) { trace = trace * 10 + *x; }
struct guard { int id; long pad[2]; };
static void release(struct guard *g) { trace = trace * 10 + g->id; g->id = 9; }
#define CLEAN __attribute__((cleanup(note)))

static int leave_by_return(int how)
{
	int a CLEAN = 1;
	if (how == 1)
		return a + 10;
	{
		int b CLEAN = 2, c CLEAN = 3;
		if (how == 2)
			return a + b + c;
	}
	int d CLEAN = 4;
	return a + d;
}
static int loops(int n)
{
	int r = 0;
	for (int i CLEAN = 7; r < n; r++) {
		int a CLEAN = 1;
		if (r == 1)
			continue;
		int b CLEAN = 2;
		if (r == 3)
			break;
		while (1) {
			long c __attribute__((cleanup(end))) = 5;
			if (r == 2)
				goto out;
			break;
		}
	}
	trace = trace * 10 + 8;
out:
	return r;
}
static void back(int n)
{
again:;
	int a CLEAN = n;
	if (--n > 0)
		goto again;
}
static int switched(int n)
{
	switch (n) {
	case 1: {
		int a CLEAN = 1;
		break;
	}
	case 2: {
		int b CLEAN = 2;
	}
	default:
		return 3;
	}
	return 4;
}
static struct guard made(int id)
{
	struct guard g __attribute__((cleanup(release))) = { id };
	return g;
}
static int expressions(int x)
{
	int r = ({ int a CLEAN = x; a + 1; });
	if (({ int b CLEAN = 2; b == x; }))
		r += 100;
	struct guard g = ({ struct guard h __attribute__((cleanup(release))) = { 4 }; h; });
	return r * 10 + g.id;
}
long by_return(int how) { trace = 0; long r = leave_by_return(how); return trace * 100 + r; }
long by_loop(int n) { trace = 0; long r = loops(n); return trace * 100 + r; }
long by_goto(int n) { trace = 0; back(n); return trace; }
long by_switch(int n) { trace = 0; long r = switched(n); return trace * 100 + r; }
long by_value(int id) { trace = 0; long r = made(id).id; return trace * 100 + r; }
long by_expression(int x) { trace = 0; long r = expressions(x); return trace * 10000 + r; }
// run: by_return(0) == 324105
// run: by_return(1) == 111
// run: by_return(2) == 32106
// run: by_loop(0) == 7800
// run: by_loop(2) == 52117802
// run: by_loop(5) == 5211521702
// run: by_goto(3) == 321
// run: by_switch(1) == 104
// run: by_switch(2) == 203
// run: by_switch(3) == 3
// run: by_value(6) == 606
// run: by_expression(2) == 2241034
// run: by_expression(3) == 3240044
