// The C library's functions, by their names and by those that compilers give them, in the environment `user`.
typedef unsigned long size_t;
size_t strlen(const char *);
int abs(int);
static char text[32] = "a few words", to[32];
const char fixed[] = "fixed\0rest";

// Known when compiling.
int counted(void)
{
	_Static_assert(__builtin_strlen("four") == 4, "");
	_Static_assert(__builtin_strcmp("a", "b") < 0, "");
	return strlen(fixed) * 100 + __builtin_strlen("four" + 1) * 10 + __builtin_strncmp("abc", "abd", 2);
}
int found(void) { return *__builtin_strchr("a=5", '=') + (__builtin_strchr("a", 'x') == 0) + __builtin_strrchr("aba", 'a')[1]; }
int magnitude(int x) { return abs(x) + __builtin_labs(-2L) * 1000; }
// Called.
size_t length(int at) { return strlen(text + at); }
int ordered(void)
{
	__builtin_strcpy(to, text);
	to[3] = 'z';
	return (__builtin_strcmp(text, to) < 0) + 10 * (__builtin_strncmp(text, to, 3) == 0) + 100 * (__builtin_strcmp(to, text) > 0);
}
int place(int c)
{
	char *p = __builtin_strchr(text, c), *last = __builtin_strrchr(text, c), *m = __builtin_memchr(text, c, 5);

	return (p ? p - text : -1) + 100 * (last ? last - text : -1) + 10000 * (m ? m - text : -1);
}
int local(void)
{
	char buffer[16];

	__builtin_strncpy(buffer, "abc", 8);
	__builtin_strcat(buffer, "de");
	__builtin_strncat(buffer, "fgh", 1);
	return __builtin_strlen(buffer) * 10 + (__builtin_strchr(buffer, 'e') - buffer) + buffer[7];
}
int printed(int n)
{
	char buffer[16];
	int a = __builtin_sprintf(buffer, "%d-%s", n, text), b = __builtin_snprintf(to, 4, "%05d", n);

	return a * 10000 + b * 1000 + buffer[2] + __builtin_strlen(to);
}
int heap(int n)
{
	int *a = __builtin_malloc(n * sizeof *a), *b = __builtin_calloc(n, sizeof *b);

	if (!a || !b)
		return -1;
	a[n - 1] = 7;
	b = __builtin_realloc(b, (n + 1) * sizeof *b);
	b[n] = a[n - 1] + b[n - 1];
	n = b[n];
	__builtin_free(a);
	__builtin_free(b);
	return n + (__builtin_malloc(1ul << 40) == 0);
}
// Declared after its first call.
int sprintf(char *, const char *, ...);
int still_the_same(void) { return __builtin_sprintf(to, "%d", 1234) == sprintf(to, "%s", "four"); }
// run: counted() == 530
// run: found() == 62
// run: magnitude(-5) == 2005
// run: length(2) == 9
// run: ordered() == 111
// run: place(119) == 40604
// run: place(120) == -10101
// run: local() == 64
// run: printed(42) == 145048
// run: heap(10) == 8
// run: still_the_same() == 1
