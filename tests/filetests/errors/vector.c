// Vector types may be declared with any lanes, as headers do, and copied. What is computed has lanes that fit.
typedef int four __attribute__((vector_size(16)));
typedef int pair __attribute__((ext_vector_type(2)));
typedef int five __attribute__((vector_size(20)));
typedef float floats __attribute__((vector_size(16)));
typedef char many __attribute__((vector_size(512)));
struct holder {
	char first;
	four values;
};
_Static_assert(sizeof(four) == 16 && _Alignof(four) == 16, "as GCC lays it out");
_Static_assert(sizeof(struct holder) == 32 && sizeof(pair) == 8, "as GCC lays it out");
void copy(struct holder *to, four *from) { to->values = *from; }
int cast(void) { return (int)(pair){ 0 }; } //~ error: cannot be converted
four different(four *a, pair *b) { return *a + *b; } //~ error: have different lanes
four with_struct(four *a, struct holder *b) { return *a + *b; } //~ error: have different lanes
int both(four *a, four *b) { return *a && *b; } //~ error: `&&` does not go with
floats sum(floats *a, floats *b) { return *a + *b; } //~ error: these lanes are floating-point numbers
many more(many *a) { return -*a; } //~ error: more than 256 lanes
five shuffle(five *a) { return __builtin_shuffle(*a, *a); } //~ error: a power of two of them
four no_vector(int a) { return __builtin_shuffle(a, a); } //~ error: one or two vectors
four no_lane(four *a) { return __builtin_shufflevector(*a, *a, 0, 1, 2, 8); } //~ error: the number of no lane
four lanes(pair *a) { return __builtin_convertvector(*a, four); } //~ error: different numbers of lanes
four condition(four *a) { return *a ? *a : *a; } //~ error: a condition is a number
typedef int three __attribute__((vector_size(3))); //~ error: there are no vectors of 3 bytes of `int`
/*~ diagnostics
error[invalid-cast]: `pair` (aka `struct (vector)`) cannot be converted to `int`
  --> vector.c:14:25
   |
14 | int cast(void) { return (int)(pair){ 0 }; } //~ error: cannot be converted
   |                         ^^^^^^^^^^^^^^^^
error[operand-type]: `four` (aka `struct (vector)`) and `pair` (aka `struct (vector)`) have different lanes
  --> vector.c:15:43
   |
15 | four different(four *a, pair *b) { return *a + *b; } //~ error: have different lanes
   |                                           ^^^^^^^
error[operand-type]: `four` (aka `struct (vector)`) and `struct holder` have different lanes
  --> vector.c:16:54
   |
16 | four with_struct(four *a, struct holder *b) { return *a + *b; } //~ error: have different lanes
   |                                                      ^^^^^^^
error[operand-type]: `&&` does not go with `four` (aka `struct (vector)`) and `four` (aka `struct (vector)`)
  --> vector.c:17:37
   |
17 | int both(four *a, four *b) { return *a && *b; } //~ error: `&&` does not go with
   |                                     ^^^^^^^^
error[float]: these lanes are floating-point numbers; BPF has no floating-point registers
  --> vector.c:18:43
   |
18 | floats sum(floats *a, floats *b) { return *a + *b; } //~ error: these lanes are floating-point numbers
   |                                           ^^^^^^^
   |
   = help: compute with scaled integers, for example in thousandths
error[operand-type]: vectors of more than 256 lanes are not computed with
  --> vector.c:19:29
   |
19 | many more(many *a) { return -*a; } //~ error: more than 256 lanes
   |                             ^^^
error[operand-type]: the mask needs a lane for each lane, and a power of two of them
  --> vector.c:20:32
   |
20 | five shuffle(five *a) { return __builtin_shuffle(*a, *a); } //~ error: a power of two of them
   |                                ^^^^^^^^^^^^^^^^^^^^^^^^^
error[operand-type]: this takes one or two vectors and a vector of numbers
  --> vector.c:21:32
   |
21 | four no_vector(int a) { return __builtin_shuffle(a, a); } //~ error: one or two vectors
   |                                ^^^^^^^^^^^^^^^^^^^^^^^
error[operand-type]: this is the number of no lane
  --> vector.c:22:73
   |
22 | four no_lane(four *a) { return __builtin_shufflevector(*a, *a, 0, 1, 2, 8); } //~ error: the number of no lane
   |                                                                         ^
error[operand-type]: `pair` (aka `struct (vector)`) and `four` (aka `struct (vector)`) have different numbers of lanes
  --> vector.c:23:30
   |
23 | four lanes(pair *a) { return __builtin_convertvector(*a, four); } //~ error: different numbers of lanes
   |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[condition-type]: a condition is a number or a pointer, not `four` (aka `struct (vector)`)
  --> vector.c:24:34
   |
24 | four condition(four *a) { return *a ? *a : *a; } //~ error: a condition is a number
   |                                  ^^
error[attribute]: there are no vectors of 3 bytes of `int`
  --> vector.c:25:13
   |
25 | typedef int three __attribute__((vector_size(3))); //~ error: there are no vectors of 3 bytes of `int`
   |             ^^^^^
*/
