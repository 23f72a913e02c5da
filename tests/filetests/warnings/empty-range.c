// Case ranges without a value.
int f(int x)
{
	switch (x) {
	case 5 ... 3: //~ warning: no value lies between 5 and 3
		return 1;
	}
	return 0;
}
