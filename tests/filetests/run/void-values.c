// What a `void *` points to has no value, but may stand where none is needed; the pointer is computed.
static int calls;
static void *count(void *p)
{
	calls++;
	return p;
}
int dereferenced(void)
{
	int x = 5;
	void *p = &x;
	struct {} nothing;

	calls = 0;
	*count(p);
	(void)*count(p);
	calls ? *count(p) : (void)0;
	(*count(p), x) ? ({ *count(p); }) : (void)0;
	nothing;
	return calls;
}
// run: dereferenced() == 5
