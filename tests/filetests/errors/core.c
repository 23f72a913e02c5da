// Questions about the running kernel's types that are none.
struct s { int a; };
enum e { A };
int field(struct s s) { return __builtin_preserve_field_info(s, 0); } //~ error: no member
int number(struct s *s) { return __builtin_preserve_field_info(s->a, 6); } //~ error: from 0 to 5
int type(void) { return __builtin_preserve_type_info(5, 0); } //~ error: `*(T *)0`
int nothing(void) { return __builtin_preserve_type_info(*(void *)0, 0); } //~ error: `*(T *)0`
int enumerator(void) { return __builtin_preserve_enum_value(*(enum e *)3, 0); } //~ error: enumerator
/*~ diagnostics
error: this is no member of a record
 --> core.c:4:62
  |
4 | int field(struct s s) { return __builtin_preserve_field_info(s, 0); } //~ error: no member
  |                                                              ^
  |
  = help: write it as `((struct s *)0)->member` or `pointer->member`
error[core-relocation]: the questions here have numbers from 0 to 5
 --> core.c:5:70
  |
5 | int number(struct s *s) { return __builtin_preserve_field_info(s->a, 6); } //~ error: from 0 to 5
  |                                                                      ^
error[core-relocation]: this needs to be a member, or `*(T *)0` to name a type
 --> core.c:6:54
  |
6 | int type(void) { return __builtin_preserve_type_info(5, 0); } //~ error: `*(T *)0`
  |                                                      ^
error[core-relocation]: this needs to be a member, or `*(T *)0` to name a type
 --> core.c:7:57
  |
7 | int nothing(void) { return __builtin_preserve_type_info(*(void *)0, 0); } //~ error: `*(T *)0`
  |                                                         ^^^^^^^^^^
error[core-relocation]: this needs the name of an enumerator of an enumeration, as in `*(enum e *)NAME`; the type is `enum e`
 --> core.c:8:61
  |
8 | int enumerator(void) { return __builtin_preserve_enum_value(*(enum e *)3, 0); } //~ error: enumerator
  |                                                             ^^^^^^^^^^^^
*/
