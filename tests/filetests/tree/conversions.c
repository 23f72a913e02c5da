// Every conversion that C makes silently is explicit in the typed tree.
long f(unsigned char a, int *p)
{
	return a + p[a] + 1u;
}
/*~ tree
*/
