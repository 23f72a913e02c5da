// Assembly outside of functions.
asm("");
__asm__("/* nothing */" " // at all");
asm(".globl f\nf: exit"); //~ error: this assembly stands outside of functions
asm("r0 = 0; exit"); //~ error: this assembly stands outside of functions
int rows(int n, int a[3][n]) { return a[0][0]; } //~ error: the length of these rows is known only at run time
int g(void) { return 0; }
/*~ diagnostics
error[inline-assembly]: this assembly stands outside of functions, of which a program is made
 --> file-assembly.c:4:5
  |
4 | asm(".globl f\nf: exit"); //~ error: this assembly stands outside of functions
  |     ^^^^^^^^^^^^^^^^^^^
  |
  = help: write `__attribute__((naked))` in front of a function whose body is one `asm` statement
error[inline-assembly]: this assembly stands outside of functions, of which a program is made
 --> file-assembly.c:5:5
  |
5 | asm("r0 = 0; exit"); //~ error: this assembly stands outside of functions
  |     ^^^^^^^^^^^^^^
  |
  = help: write `__attribute__((naked))` in front of a function whose body is one `asm` statement
error[variable-length]: the length of these rows is known only at run time; a BPF stack frame has the same size in every call
 --> file-assembly.c:6:26
  |
6 | int rows(int n, int a[3][n]) { return a[0][0]; } //~ error: the length of these rows is known only at run time
  |                          ^
  |
  = help: use the largest length that can occur, or keep the data in a map
*/
