// flags: --no-loops
// A jump to one of several labels loops if one of them stands above.
int back(void *p) { static void *const t[] = { &&e, &&d }; d: goto *t[1]; e: return 0; } //~ error: loop
/*~ diagnostics
error[loop]: how often this loop goes round is not known, or it is too long; before Linux 5.3 a BPF program may not jump backwards
 --> label-loop.c:3:63
  |
3 | int back(void *p) { static void *const t[] = { &&e, &&d }; d: goto *t[1]; e: return 0; } //~ error: loop
  |                                                               ^^^^
  |
  = help: let a constant say how often it goes round, so that it is written out (at `-O1`), or leave out `--no-loops` if every kernel you target is 5.3 or newer
*/
