// Constant indices outside of an array; one past its end is an address like any other.
int a[4];
int beyond(void) { return a[5]; } //~ warning: index 5 is outside the array
int before(void) { return a[-1]; } //~ warning: index -1 is outside the array
int *end(void) { return &a[4]; }
