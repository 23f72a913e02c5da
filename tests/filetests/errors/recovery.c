// Behind a broken function the compiler goes on, and common mistakes are named; what is whole is checked.
struct s {
	int a;
} //~ error: expected `;` after this `}`
int between(void) { return 1; }
int missing_semicolon(int x) { return x } //~ error: expected `;` after `x`
int missing_parenthesis(int x)
{
	if (x > 1 { //~ error: expected `)` before `{`
		x = 1;
	}
	return x;
}
int brackets(int x)
{
	int[4] a; //~ error: the brackets of an array stand behind its name
	return x;
}
int words(int x)
{
	elseif (x == 2) //~ error: `elseif` is no keyword of C
		return 2;
	return 3;
}
int typo(int x)
{
	retrun x; //~ error: `retrun` is not the name of a type
}
int lonely(int x)
{
	if (x == 1)
		x = 2;
		x = 3;
	else //~ error: this `else` has no `if` right before it
		x = 4;
	return x;
}
SEC("xdp") //~ error: `SEC` is not a macro here
int program(void *ctx) { return 0; }
/*~ diagnostics
error[syntax]: expected `;` after this `}`
 --> recovery.c:4:1
  |
4 | } //~ error: expected `;` after this `}`
  | ^
error[syntax]: expected `;` after `x`
 --> recovery.c:6:40
  |
6 | int missing_semicolon(int x) { return x } //~ error: expected `;` after `x`
  |                                        ^
error[syntax]: expected `)` before `{`
 --> recovery.c:9:12
  |
9 |     if (x > 1 { //~ error: expected `)` before `{`
  |        -      ^
  |        |
  |        `(` is still open
error[syntax]: the brackets of an array stand behind its name
  --> recovery.c:16:5
   |
16 |     int[4] a; //~ error: the brackets of an array stand behind its name
   |        ^
   |
   = help: write `int a[…]`
error[syntax]: `elseif` is no keyword of C
  --> recovery.c:21:2
   |
21 |     elseif (x == 2) //~ error: `elseif` is no keyword of C
   |     ^^^^^^
   |
   = help: did you mean `else if`?
error[unknown-type]: `retrun` is not the name of a type
  --> recovery.c:27:2
   |
27 |     retrun x; //~ error: `retrun` is not the name of a type
   |     ^^^^^^
   |
   = help: did you mean `return`?
error[syntax]: this `else` has no `if` right before it
  --> recovery.c:34:2
   |
34 |     else //~ error: this `else` has no `if` right before it
   |     ^^^^
   |
   = help: put braces around the statements that belong to the `if`
error[syntax]: `SEC` is not a macro here
  --> recovery.c:38:1
   |
38 | SEC("xdp") //~ error: `SEC` is not a macro here
   | ^^^
   |
   = help: include <bpf/bpf_helpers.h>, which defines it
*/
