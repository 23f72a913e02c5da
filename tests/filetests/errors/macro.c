// A mistake inside of a macro is shown at its use, with the way to it.
#define SQUARE(x) ((x) * (x))
#define AREA(s) SQUARE((s).side) + missing
struct square { int side; };
int area(struct square *s)
{
	return AREA(*s); //~ error: `missing`
}
int wrong(struct square *s)
{
	return SQUARE(s); //~ error: does not go with
}
/*~ diagnostics
error[undeclared]: `missing` is not declared
 --> macro.c:7:9
  |
3 | #define AREA(s) SQUARE((s).side) + missing
  |         ---- in expansion of macro `AREA`
...
7 |     return AREA(*s); //~ error: `missing`
  |            ^^^^^^^^
error[operand-type]: `*` does not go with `struct square *` and `struct square *`
  --> macro.c:11:9
   |
 2 | #define SQUARE(x) ((x) * (x))
   |         ------ in expansion of macro `SQUARE`
...
11 |     return SQUARE(s); //~ error: does not go with
   |            ^^^^^^^^^
*/
