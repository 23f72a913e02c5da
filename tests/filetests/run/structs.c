// Structs, unions, nested members, arrays, copies and bit-fields on the stack.
struct point { int x, y; };
struct box { struct point low, high; char name[4]; };
int area(int a, int b)
{
	struct box box = { { 1, 2 }, { a, b }, "box" };
	struct box copy = box;
	struct box *p = &copy;

	p->high.x -= p->low.x;
	p->high.y -= p->low.y;
	return p->high.x * p->high.y + p->name[2];
}
union number { unsigned long whole; unsigned short part[4]; };
int third(unsigned long v)
{
	union number n;

	n.whole = v;
	return n.part[2];
}
struct flags { unsigned a : 3, b : 5; int c : 7; unsigned long d : 40; };
long fields(int a, int b, int c)
{
	struct flags f = {};

	f.a = a;
	f.b = b;
	f.c = c;
	f.d = 0x123456789aL;
	f.d += 1;
	return f.a * 1000000 + f.b * 1000 + f.c + (f.d & 0xff) * 10000000;
}
int index_array(int i)
{
	int table[8] = { 3, 1, 4, 1, 5, [6] = 9, 2 };

	return table[i & 7];
}
// run: area(11, 22) == 320
// run(little): third(0x1122334455667788) == 13124
// run(big): third(0x1122334455667788) == 21862
// run: fields(13, 33, 100) == 1555000972
// run: index_array(5) == 0
// run: index_array(6) == 9
// run: index_array(7) == 2
