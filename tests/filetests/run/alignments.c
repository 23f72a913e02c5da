// `_Alignof` and its like take types and objects, with parentheses or without.
int _Alignas(16) x;
struct s { char c; long l; } s, *p = &s;
typedef short number;
int a[3];
int types(void) { return _Alignof(long) * 1000 + __alignof__(number) * 100 + __alignof(struct s *) * 10 + _Alignof(char[5]); }
int objects(void)
{
	char _Alignas(8) c = 0;

	return _Alignof(x) * 1000 + __alignof__ c * 100 + __alignof__(s.c) * 10 + __alignof a[1];
}
int expressions(void) { return __alignof__(x + 1L) * 100 + __alignof__ *p * 10 + _Alignof(__typeof__(x)); }
// run: types() == 8281
// run: objects() == 16814
// run: expressions() == 884
