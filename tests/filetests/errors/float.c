// The machine has no floating point.
double half(double x) //~ error: floating-point
{
	return x / 2;
}
int f(int x)
{
	return x * 1.5; //~ error: floating-point
}
/*~ diagnostics
error[float]: `half` returns a floating-point number; BPF has no floating-point registers
 --> float.c:2:8
  |
2 | double half(double x) //~ error: floating-point
  |        ^^^^
  |
  = help: compute with scaled integers, for example in thousandths
error[float]: this is a floating-point number; BPF has no floating-point registers
 --> float.c:8:9
  |
8 |     return x * 1.5; //~ error: floating-point
  |            ^^^^^^^
  |
  = help: compute with scaled integers, for example in thousandths
*/
