// A function of the C library that nothing declares: the error says how the library does.
int third(const char *s) { return strlen(s); } //~ error: `strlen` is called but not declared
/*~ diagnostics
error[undeclared-function]: `strlen` is called but not declared; C calls only what was declared before
 --> undeclared-library.c:2:35
  |
2 | int third(const char *s) { return strlen(s); } //~ error: `strlen` is called but not declared
  |                                   ^^^^^^
  |
  = help: it is of the C library: declare `size_t strlen(const char *);`
*/
