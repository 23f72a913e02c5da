// The address of a member that may not be aligned; following it at once is no matter.
struct packed {
	char tag;
	int value;
	int values[2];
} __attribute__((packed));
int *bad(struct packed *p) { return &p->value; } //~ warning: `value` wants an address that is a multiple of 4
int fine(struct packed *p) { return p->value + p->values[1]; }
char *byte(struct packed *p) { return &p->tag; }
