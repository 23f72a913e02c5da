// A loop jumps backwards, which programs may not do before Linux 5.3.
int f(int n)
{
	int s = 0;

	for (int i = 0; i < n; i++) //~ error: loop
		s += i;
	while (s > 10) //~ error: loop
		s -= 3;
	do { //~ error: loop
		s++;
	} while (s < 5);
again:
	if (s++ < 8)
		goto again; //~ error: loop
	do {
		s *= 2;
	} while (0);
	return s;
}
