// Macros: function-like, stringified, pasted, variadic; conditionals; comments go.
#define SQUARE(x) ((x) * (x))
#define NAME(a, b) a##_##b
#define TEXT(x) #x
#define CALL(f, ...) f(0, ##__VA_ARGS__)
#if defined(SQUARE) && SQUARE(3) == 9
int NAME(the, answer) = SQUARE(6) + 6; /* a comment */
const char *text = TEXT(a "quoted" word);
#else
#error never
#endif
int x = CALL(f), y = CALL(f, 1, 2);
int line = __LINE__;
/*~ pp
*/
