// The machine has no floating point.
double half(double x) //~ error: float
{
	return x / 2;
}
int f(int x)
{
	return x * 1.5; //~ error: float
}
