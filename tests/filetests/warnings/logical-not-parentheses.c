// A `!` in front of a comparison negates its left side.
// flags: -Wall
int f(int a, int b) { return !a == b; } //~ warning: this `!` negates the left side only
int g(int a, int b) { return !(a == b); }
int h(int a, int b) { return (!a) == b; }
int i(int a, int b) { return !a == !b; }
