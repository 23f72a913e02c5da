// Declarations that declare nothing.
struct s {
	int a;
	int; //~ warning: this declares no member
};
int f(struct s *p) { return p->a; }
