// More values than there is room for.
int a[2] = { 1, 2, 3 }; //~ warning: has no room for this value
char s[2] = "abc"; //~ warning: this string has 3 characters
char whole[3] = "abc";
