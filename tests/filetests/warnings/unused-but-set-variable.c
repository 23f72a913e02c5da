// Variables that are assigned to but never read.
// flags: -Wall
int next(void);
int f(void)
{
	int r, s, t __attribute__((unused)), u; //~ warning: `r` is assigned to but never read
	r = next();
	s = next();
	t = next();
	u = next();
	(void)u;
	return s;
}
