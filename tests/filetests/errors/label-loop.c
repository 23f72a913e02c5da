// flags: --no-loops
// A jump to one of several labels loops if one of them stands above.
int back(void *p) { static void *const t[] = { &&e, &&d }; d: goto *t[1]; e: return 0; } //~ error: loops back to `d`
/*~ diagnostics
error[loop]: this `goto` loops back to `d`; before Linux 5.3 a BPF program may not jump backwards
 --> label-loop.c:3:63
  |
3 | int back(void *p) { static void *const t[] = { &&e, &&d }; d: goto *t[1]; e: return 0; } //~ error: loops back to `d`
  |                                                            -  ^^^^^^^^^^^
  |                                                            |
  |                                                            `d` stands here
  |
  = help: write the iterations out, or leave out `--no-loops` if every kernel you target is 5.3 or newer
*/
