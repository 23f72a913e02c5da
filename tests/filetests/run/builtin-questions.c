// Builtins that are answered when compiling: sizes of objects, classes of types, names; and `__builtin_…_overflow_p`.
struct s { int a; char text[8]; struct { short x, y[3]; } in[2]; };
static struct s object, many[4];
static char *pointer;
unsigned long sizes(void)
{
	struct s local;

#define BOTH(p, whole, part) \
	_Static_assert(__builtin_object_size(p, 0) == whole && __builtin_object_size(p, 2) == whole, #p); \
	_Static_assert(__builtin_object_size(p, 1) == part && __builtin_dynamic_object_size(p, 3) == part, #p)
	BOTH(&object, 28, 28);
	BOTH(&local.text, 24, 8);
	BOTH(object.text + 3, 21, 5);
	BOTH(&object.text[3], 21, 5);
	BOTH(&object.in[1].y[1], 4, 4);
	BOTH(&many[1], 84, 84);
	BOTH(&many[1].text[2], 78, 6);
	BOTH(object.text + 100, 0, 0);
	BOTH("text", 5, 5);
	_Static_assert(__builtin_object_size(pointer, 0) == -1ul && __builtin_object_size(pointer, 1) == -1ul, "");
	_Static_assert(__builtin_object_size(pointer, 2) == 0 && __builtin_object_size(pointer, 3) == 0, "");
	return __builtin_offsetof(struct s, in[1].y[2]);
}
int classes(void)
{
	return __builtin_classify_type(1L) + 10 * __builtin_classify_type(pointer) + 100 * __builtin_classify_type(object);
}
int name(void) { return __builtin_FUNCTION()[0] == 'n' && sizeof(__builtin_FUNCTION()) == 5; }
int fits(int a, int b) { return __builtin_add_overflow_p(a, b, (char)0) + 2 * __builtin_mul_overflow_p(a, b, 0) + 4 * __builtin_sub_overflow_p(a, b, 0u); }
int assumed(int a)
{
	__builtin_assume(a > 0);
	__builtin_prefetch(pointer, 0, 3);
	return __builtin_expect_with_probability(a > 1, 1, 0.9) ? 2 : 1;
}
int wide(long ah, long al, long bh, long bl)
{
	unsigned __int128 r;
	__int128 a = (__int128)ah << 64 | (unsigned long)al, b = (__int128)bh << 64 | (unsigned long)bl, s;
	int result = __builtin_mul_overflow((unsigned __int128)a, (unsigned __int128)b, &r);

	result += 2 * __builtin_mul_overflow(a, b, &s);
	result += 4 * (r == (unsigned __int128)s);
	result += 8 * __builtin_mul_overflow(a, (unsigned __int128)b, &r);
	return result + 16 * __builtin_mul_overflow(a, bl, &s);
}
// run: name() == 1
// run: sizes() == 26
// run: classes() == 1251
// run: fits(100, 27) == 0
// run: fits(100, 28) == 1
// run: fits(2147483647, 2) == 3
// run: fits(1, 2) == 4
// run: assumed(1) == 1
// run: assumed(5) == 2
// run: wide(0, 5, 0, 7) == 4
// run: wide(1, 0, 1, 0) == 15
// run: wide(0, -1, 0, -1) == 6
// run: wide(-1, -1, -1, -1) == 13
// run: wide(-1, -5, 0, 3) == 13
// run: wide(-9223372036854775808, 0, -1, -1) == 31
// run: wide(-9223372036854775808, 0, 0, 1) == 12
// run: wide(9223372036854775807, -1, 0, 2) == 22
// run: wide(0, -1, 1, 1) == 6
