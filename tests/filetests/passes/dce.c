// What nobody reads is not computed; calls stay.
static long (*ktime)(void) = (void *)5;
int f(int x)
{
	int unused = x * 77;

	ktime();
	return x;
}
// run: f(3) == 3
/*~ ir
fn @f(v0: i32) -> i32 {
b0:
    call helper 5()
    return v0
}
*/
