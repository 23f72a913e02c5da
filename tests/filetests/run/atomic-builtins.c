// flags: --mcpu=v3
// The builtins for atomic operations that give a value.
static long cell;
static int narrow;
static unsigned char flag;
static long *pointer;
static long array[4];

long fetch(long start, long by)
{
	cell = start;
	long r = __sync_fetch_and_add(&cell, by) + 3 * __sync_sub_and_fetch(&cell, 1);
	r = r * 5 + __sync_fetch_and_or(&cell, 0x10) + __sync_and_and_fetch(&cell, 0xff);
	return r * 7 + __sync_xor_and_fetch(&cell, 0x55) + __sync_fetch_and_xor(&cell, 1) + __sync_fetch_and_and_8(&cell, 3) + cell;
}
long ordered(long start, int by)
{
	narrow = start;
	long r = __atomic_fetch_add(&narrow, by, __ATOMIC_RELAXED) + 3 * __atomic_sub_fetch(&narrow, 1, __ATOMIC_SEQ_CST);
	r = r * 5 + __atomic_or_fetch(&narrow, 0x10, __ATOMIC_ACQUIRE) + __atomic_fetch_and(&narrow, 0xff, __ATOMIC_RELEASE);
	return r * 7 + __atomic_exchange_n(&narrow, 9, __ATOMIC_ACQ_REL) + __atomic_load_n(&narrow, __ATOMIC_CONSUME);
}
long swap(long start, long expected, long new)
{
	cell = start;
	long r = __sync_val_compare_and_swap(&cell, expected, new) * 100;
	r += __sync_bool_compare_and_swap(&cell, new, 5) ? 7 : 8;
	return r + cell * 1000;
}
long exchange(long start, long expected, long new)
{
	cell = start;
	long old = expected, wanted = new, last;
	int done = __atomic_compare_exchange_n(&cell, &old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	done += 2 * __atomic_compare_exchange(&cell, &old, &wanted, 1, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	__atomic_exchange(&cell, &expected, &last, __ATOMIC_SEQ_CST);
	return done * 1000 + old * 100 + cell * 10 + last;
}
long through(long x)
{
	long y, z = x + 1;
	__atomic_store(&cell, &x, __ATOMIC_SEQ_CST);
	__atomic_load(&cell, &y, __ATOMIC_SEQ_CST);
	__atomic_store_n(&narrow, z, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return y * 100 + narrow;
}
int small(int x)
{
	__atomic_store_n(&flag, x, __ATOMIC_SEQ_CST);
	int r = __atomic_load_n(&flag, __ATOMIC_SEQ_CST);
	__atomic_clear(&flag, __ATOMIC_SEQ_CST);
	return r * 10 + flag + __atomic_always_lock_free(8, 0);
}
long pointers(int n)
{
	__atomic_store_n(&pointer, array, __ATOMIC_SEQ_CST);
	long *old = __atomic_exchange_n(&pointer, &array[n], __ATOMIC_SEQ_CST);
	return (pointer - old) * 10 + __sync_bool_compare_and_swap(&pointer, &array[2], array);
}
long lock(void)
{
	narrow = 0;
	int first = __sync_lock_test_and_set(&narrow, 1), second = __sync_lock_test_and_set(&narrow, 1);
	__sync_lock_release(&narrow);
	return first * 100 + second * 10 + narrow;
}
// run: fetch(100, 5) == 16122
// run: fetch(-100, -5) == -13736
// run: ordered(100, 5) == 16229
// run: ordered(-100, 500) == 44373
// run: swap(1, 1, 2) == 5107
// run: swap(1, 3, 2) == 1108
// run: exchange(1, 1, 2) == 1212
// run: exchange(1, 3, 2) == 2132
// run: through(12) == 1213
// run: small(0x123) == 351
// run: pointers(2) == 21
// run: pointers(3) == 30
// run: lock() == 10
