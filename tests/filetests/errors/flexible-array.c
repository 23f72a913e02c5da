// A flexible array member has values in variables that the compiler lays out, not on the stack.
struct list { int n; char d[]; };
static struct list global = { 2, { 1, 2 } };
int f(void)
{
	static struct list kept = { 1, "a" };
	struct list local = { 3, { 1 } }; //~ error: flexible array
	struct list empty = { 3 };
	return local.n + empty.n + kept.n + ((struct list){ 1, { 2 } }).n; //~ error: flexible array
}
/*~ diagnostics
error[initializer]: only a global or `static` variable may give a flexible array member values
 --> flexible-array.c:7:14
  |
7 |     struct list local = { 3, { 1 } }; //~ error: flexible array
  |                 ^^^^^
  |
  = help: give the array a length, or make the variable `static`
error[initializer]: only a global or `static` variable may give a flexible array member values
 --> flexible-array.c:9:39
  |
9 |     return local.n + empty.n + kept.n + ((struct list){ 1, { 2 } }).n; //~ error: flexible array
  |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: give the array a length, or make the variable `static`
*/
