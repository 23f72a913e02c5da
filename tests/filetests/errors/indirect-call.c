// A pointer to a function that the program does not have: no function of this kind has its address taken.
typedef int unary(int);
static long other(long x) { return x; }
long (*volatile pointer)(long) = other;
int unknown(unary *f, int x) { return f(x); } //~ error: fits this call
/*~ diagnostics
error[indirect-call]: no function whose address the program takes fits this call; BPF calls functions by name or by number, not through a variable
 --> indirect-call.c:5:39
  |
5 | int unknown(unary *f, int x) { return f(x); } //~ error: fits this call
  |                                       ^
  |
  = help: call the function itself, choose with `switch`, or use `bpf_tail_call`
*/
