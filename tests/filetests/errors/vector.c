// Vector types may be declared, as headers do, and copied, but nothing is computed with them.
typedef int four __attribute__((vector_size(16)));
typedef int pair __attribute__((ext_vector_type(2)));
struct holder {
	char first;
	four values;
};
_Static_assert(sizeof(four) == 16 && _Alignof(four) == 16, "as GCC lays it out");
_Static_assert(sizeof(struct holder) == 32 && sizeof(pair) == 8, "as GCC lays it out");
void copy(struct holder *to, four *from) { to->values = *from; }
long cast(void) { return (long)(pair){ 0 }; } //~ error: cannot be converted
four sum(four *a, four *b) { return *a + *b; } //~ error: does not go with
typedef int three __attribute__((vector_size(3))); //~ error: there are no vectors of 3 bytes of `int`
