// A constant operand whose value is not known when the text is assembled.
long f(long x, long y)
{
	asm volatile("%0 += %1" : "+r"(x) : "i"(y)); //~ error: operand 1 of the inline assembly is not a constant
	return x;
}
/*~ diagnostics
error[inline-assembly]: operand 1 of the inline assembly is not a constant
 --> inline-constant.c:4:2
  |
4 |     asm volatile("%0 += %1" : "+r"(x) : "i"(y)); //~ error: operand 1 of the inline assembly is not a constant
  |     ^^^
  |
  = help: use the constraint "r", or make the function `static __always_inline`
*/
