// Variables whose name does not occur again; a mention in `sizeof` or as `(void)` is one.
// flags: -Wunused-variable
int f(int x)
{
	int idle; //~ warning: nothing uses the variable `idle`
	int measured, meant;
	int quiet __attribute__((unused));
	(void)meant;
	return x + sizeof(measured);
}
