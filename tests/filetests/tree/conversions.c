// Every conversion that C makes silently is explicit in the typed tree.
long f(unsigned char a, int *p)
{
	return a + p[a] + 1u;
}
/*~ tree
long f(unsigned char, int *)
  param unsigned char a align 1
  param int *p align 8
  {
    return (long)((unsigned int)((int)load(a) + load(*(load(p) + (long)load(a) * 4))) + (unsigned int)1)
  }
*/
