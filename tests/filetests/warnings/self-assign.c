// Assignments of a variable to itself.
// flags: -Wall
int f(int a, int b) { a = a; return a + b; } //~ warning: this assigns a variable to itself
int g(int a, int b) { a = b; return a; }
