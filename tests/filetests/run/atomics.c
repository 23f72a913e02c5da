// Atomic operations, with and without the old value. The forms that fetch need v3.
static long counter = 100;
long count(long by)
{
	__sync_fetch_and_add(&counter, by);
	return counter;
}
// run: count(5) == 105
// run: count(-6) == 99
