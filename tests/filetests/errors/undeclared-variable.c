// An undeclared variable, with the name that was probably meant.
int f(int count)
{
	return coumt + 1; //~ error: `coumt`
}
/*~ diagnostics
error[undeclared]: `coumt` is not declared
 --> undeclared-variable.c:4:9
  |
4 |     return coumt + 1; //~ error: `coumt`
  |            ^^^^^
  |
  = help: did you mean `count`?
*/
