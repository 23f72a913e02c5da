// Macros: function-like, stringified, pasted, variadic; conditionals; comments go.
#define SQUARE(x) ((x) * (x))
#define NAME(a, b) a##_##b
#define TEXT(x) #x
#define SUM(first, ...) SUM_(first, ##__VA_ARGS__)
#define SUM_(a, ...) (a + 0 __VA_OPT__(+) __VA_ARGS__)
#if defined(SQUARE) && SQUARE(3) == 9
int NAME(the, answer) = SQUARE(6) + 6; /* a comment */
const char *text = TEXT(a "quoted" word);
#else
#error never
#endif
int x = SUM(1), y = SUM(1, 2);
int line = __LINE__;
/*~ pp
# 8 "macros.c"
int the_answer = ((6) * (6)) + 6;
const char *text = "a \"quoted\" word";



int x = (1 + 0), y = (1 + 0 + 2);
int line = 14;
*/
