// A `const` variable of a function is constant if its initial value is.
int known(void)
{
	const unsigned long limit = ~0UL;

	_Static_assert(__builtin_constant_p(limit), "");
	return __builtin_constant_p(limit);
}
int unknown(long a)
{
	const long argument = a;
	const volatile long changing = 1;
	long variable = 1;
	const struct { long a; } record = { a };

	return __builtin_constant_p(argument) + __builtin_constant_p(changing) + __builtin_constant_p(record.a) + variable;
}
// run: known() == 1
// run: unknown(7) == 1
