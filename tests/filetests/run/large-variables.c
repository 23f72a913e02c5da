// A variable that is larger than a frame takes no room if nobody reads it, or if it becomes values.
int unread(int x) {
	char log[2000];
	log[1500] = x;
	return x;
}
// run: unread(3) == 3

struct large { int first, rest[999]; };
int one_member(int x) {
	struct large l;
	l.first = x;
	l.rest[500] = x * 2;
	return l.first + l.rest[500];
}
// run: one_member(3) == 9

int fixed_elements(int x) {
	long values[200];
	values[10] = x;
	values[150] = 5;
	return values[10] * values[150];
}
// run: fixed_elements(3) == 15
