// A condition becomes control flow; both results meet in a block parameter.
int pick(int a, int b)
{
	int r = a;

	if (a < b && b)
		r = b;
	return r;
}
// run: pick(1, 2) == 2
// run: pick(3, 2) == 3
// run: pick(-1, 0) == -1
/*~ ir:lower
*/
/*~ ir
*/
