// flags: --mcpu=v3
// Objects of _Atomic type.
static _Atomic long counter = 5;
static _Atomic int narrow;
static _Atomic unsigned char tiny;
static _Atomic _Bool flag;
static long array[8];
static long *_Atomic cursor = array;
struct state { _Atomic long hits; long misses; };
static struct state state;

long updates(long a)
{
	long r = counter = a;
	r = r * 3 + (counter += 7);
	r = r * 3 + (counter -= 2);
	r = r * 3 + (counter |= 0x40);
	r = r * 3 + (counter &= 0xff);
	r = r * 3 + (counter ^= 0x11);
	r = r * 3 + counter++ + ++counter;
	return r * 3 + counter-- - --counter;
}
int narrow_updates(int a)
{
	narrow = a;
	narrow += 5L;
	return narrow++ * 10 + (narrow -= 3U);
}
int small(int a)
{
	int r = tiny = a;
	flag = a;
	return r * 1000 + tiny * 2 + flag;
}
long walk(int n)
{
	cursor = array;
	cursor += n;
	cursor++;
	long r = cursor - array;
	return r * 10 + (--cursor == &array[n]);
}
long local(long a)
{
	_Atomic long x = a;
	_Atomic(long) *p = &x;
	*p += 1;
	long r = (*p)++ * 2;
	return x + r;
}
long member(long a)
{
	struct state *s = &state;
	s->hits = a;
	s->hits += a;
	return s->hits + s->misses;
}
// run: updates(100) == 335366
// run: updates(-100) == -302410
// run: narrow_updates(0x7ffffffe) == -2147483617
// run: narrow_updates(3) == 86
// run: small(0) == 0
// run: small(0x1234) == 52105
// run: walk(3) == 41
// run: local(20) == 64
// run: member(8) == 16
