// Comparisons with the address of a string.
int f(const char *name) { return name == "eth0"; } //~ warning: this compares the addresses of strings
int g(const char *name) { return name[0] == 'e'; }
