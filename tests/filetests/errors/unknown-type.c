// An unknown type name.
int f(uint33_t a) { return a; } //~ error: uint33_t
/*~ diagnostics
error[unknown-type]: `uint33_t` is not the name of a type
 --> unknown-type.c:2:7
  |
2 | int f(uint33_t a) { return a; } //~ error: uint33_t
  |       ^^^^^^^^
  |
  = help: did you mean `uint32_t`?
*/
