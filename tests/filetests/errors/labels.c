// Labels that are missing, and jumps that lead nowhere.
int nowhere(void *p) { goto *p; } //~ error: leads nowhere
int number(int x) { a: goto *x; } //~ error: needs the address of a label
void *outside = &&a; //~ error: inside of functions
int missing(void) { { __label__ b; void *p = &&b; } return 0; } //~ error: no label `b`
int hidden(void) { { __label__ c; c: ; } goto c; } //~ error: no label `c`
/*~ diagnostics
error[label-address]: `nowhere` takes no label's address, so this leads nowhere
 --> labels.c:2:24
  |
2 | int nowhere(void *p) { goto *p; } //~ error: leads nowhere
  |                        ^^^^^^^^
  |
  = help: take the addresses of labels of the same function: `void *place = &&label;`
error[label-address]: `goto *` needs the address of a label, not `int`
 --> labels.c:3:24
  |
3 | int number(int x) { a: goto *x; } //~ error: needs the address of a label
  |                        ^^^^^^^^
error[outside-function]: labels stand inside of functions
 --> labels.c:4:17
  |
4 | void *outside = &&a; //~ error: inside of functions
  |                 ^^^
error[undeclared-label]: there is no label `b` in `missing`
 --> labels.c:5:33
  |
5 | int missing(void) { { __label__ b; void *p = &&b; } return 0; } //~ error: no label `b`
  |                                 ^
error[undeclared-label]: there is no label `c` in `hidden`
 --> labels.c:6:47
  |
6 | int hidden(void) { { __label__ c; c: ; } goto c; } //~ error: no label `c`
  |                                               ^
*/
