// Vectors of GNU C are computed with lane by lane.
typedef int v4 __attribute__((vector_size(16)));
typedef unsigned u4 __attribute__((vector_size(16)));
typedef signed char c8 __attribute__((vector_size(8)));
typedef short s4 __attribute__((vector_size(8)));
typedef unsigned long l2 __attribute__((vector_size(16)));

static v4 global = {1, 2, 3, 4};
static const v4 table[2] = {{1, 1}, {5, 6, 7, 8}};

static int sum(v4 v) { return v[0] + v[1] + v[2] + v[3]; }
static v4 make(int a) { return (v4){a, a + 1, a + 2, a + 3}; }

long arithmetic(int a, int b)
{
	v4 x = {a, b, 3, 4}, y = {2, 2, b, b};
	v4 z = x * y - global + 10 / y % 3;

	z = ((z | 1) & ~y) ^ x;
	return z[0] * 1000000L + z[1] * 10000 + z[2] * 100 + z[3];
}

int by_value(int a) { return sum(make(a) + make(1)) + make(a)[3]; }

int elements(int i)
{
	v4 v = {1, 2, 3, 4};

	v[i] += 10;
	v[0]--;
	*(&v[1]) = 7;
	return v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3];
}

int compared(int a)
{
	v4 x = {a, 2, 3, 4};
	v4 less = x < 3, same = x == (v4){2, 2, 2, 4};
	u4 u = {-1, 1, 0, 0};
	v4 larger = u > 0;

	return sum(less) * 10000 + sum(same) * 100 + sum(larger);
}

long narrow(int a)
{
	signed char n = a;
	c8 x = {100, 127, -128, n, n, n, n, n};
	c8 sum = x + x;

	return (long)sum;
}

unsigned shifts(unsigned a)
{
	u4 x = {a, a, a, a};
	v4 y = {-8, -8, 8, 8};

	x = x << (u4){0, 1, 2, 3} >> 1;
	x <<= 4;
	y >>= 1;
	return x[0] + x[1] + x[2] + x[3] + sum(y) + (1 << (v4){1, 2, 3, 4})[3];
}

int unary(int a)
{
	v4 x = {a, 1, 2, 3};
	v4 before = x++;

	--x[1];
	++x;
	return sum(-x) * 10000 + sum(~before) * 100 + sum(+x);
}

long bits(int a)
{
	l2 wide = (l2)(v4){a, 0, 1, 0};
	s4 narrow = (s4)0x0004000300020001;

	wide += 1;
	return wide[0] * 100 + wide[1] * 10 + narrow[2];
}

static __int128 whole(int a) { return (__int128)(v4){a, 0, 1}; }
long high(int a) { return whole(a) >> 64; }

int through_pointers(int a)
{
	v4 array[2] = {{1, 2, 3, 4}, {a}};
	v4 *p = array;

	*p++ += 1;
	*p -= array[0];
	return sum(array[0]) * 100 + sum(array[1]) + table[1][2] + table[0][3];
}


int shuffled(int a)
{
	v4 x = {a, 1, 2, 3}, y = {4, 5, 6, 7};
	v4 one = __builtin_shuffle(x, (v4){3, 2, 1, 4});
	v4 two = __builtin_shuffle(x, y, (v4){7, 0, 5, 2});
	v4 three = __builtin_shufflevector(x, y, 0, 4, 1, 5);

	return one[0] * 100000 + one[3] * 10000 + two[0] * 1000 + two[2] * 100 + three[1] * 10 + three[2];
}

int converted(int a)
{
	s4 x = {a, -1, 300, 7};
	v4 y = __builtin_convertvector(x, v4);

	return y[0] + y[1] + y[2] + y[3];
}

int assigned(int a)
{
	u4 u;
	v4 v = {a, a, a, a};

	u = (u4)v;
	v = global;
	global = v + 1;
	return u[1] + sum(global) + sum(a > 0 ? v : global);
}
// run: arithmetic(3, 5) == 6120922
// run: arithmetic(-7, 2) == 8070601
// run: by_value(5) == 44
// run: elements(2) == 834
// run: elements(0) == 10734
// run: compared(2) == -20302
// run: compared(5) == -10202
// run(little): narrow(-3) == -361700864206766392
// run(big): narrow(-3) == -3963729544086881542
// run: shifts(0x80000007) == 848
// run: unary(9) == -221878
// run(little): bits(4) == 523
// run(big): bits(4) == 1760936591472
// run(little): high(3) == 1
// run(big): high(3) == 12884901888
// run: through_pointers(6) == 1399
// run: shuffled(9) == 397541
// run: converted(-300) == 6
// run: assigned(5) == 29
