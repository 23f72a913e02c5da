// Addresses of variables that are gone after the return.
int *local(void) { int x = 1; return &x; } //~ warning: this is the address of a variable that is gone
char *array(void) { char a[4] = "abc"; return a + 1; } //~ warning: this is the address of a variable that is gone
int *kept(void) { static int x = 1; return &x; }
