// What is wrong with parameters that are declared behind the parentheses.
int untyped(a, b) int a; { return a; } //~ error: `b` has no type
int other(a) int c; { return 0; } //~ error: `c` is not among
int twice(a) int a, a; { return 0; } //~ error: declared twice
int both(int a) int a; { return a; } //~ error: already have types
int alone(a, b); //~ error: only a definition
int f(a) int a = 1; { return a; } //~ error: from the caller
int main(void) { return missing(1); } //~ error: called but not declared
/*~ diagnostics
error[missing-type]: the parameter `b` has no type; C no longer assumes `int`
 --> old-functions.c:2:16
  |
2 | int untyped(a, b) int a; { return a; } //~ error: `b` has no type
  |                ^
  |
  = help: declare it before the body: `int b;`
error[parameter]: `c` is not among the parameters
 --> old-functions.c:3:18
  |
3 | int other(a) int c; { return 0; } //~ error: `c` is not among
  |                  ^
error[redeclaration]: `a` is declared twice
 --> old-functions.c:4:21
  |
4 | int twice(a) int a, a; { return 0; } //~ error: declared twice
  |                  -  ^
  |                  |
  |                  first declared here
error[parameter]: the parameters already have types
 --> old-functions.c:5:17
  |
5 | int both(int a) int a; { return a; } //~ error: already have types
  |                 ^^^^^^
error[parameter]: `a` has no type; only a definition may name parameters alone
 --> old-functions.c:6:11
  |
6 | int alone(a, b); //~ error: only a definition
  |           ^
error[parameter]: a parameter gets its value from the caller
 --> old-functions.c:7:16
  |
7 | int f(a) int a = 1; { return a; } //~ error: from the caller
  |                ^^^
error[undeclared-function]: `missing` is called but not declared; C calls only what was declared before
 --> old-functions.c:8:25
  |
8 | int main(void) { return missing(1); } //~ error: called but not declared
  |                         ^^^^^^^
  |
  = help: include `bpf_helpers.h` for the kernel's helpers, or declare the function above its first call
*/
