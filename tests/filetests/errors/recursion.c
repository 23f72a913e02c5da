// A function that calls itself, directly or through others.
__attribute__((noinline)) int odd(int n);
int even(int n) { return n == 0 ? 1 : odd(n - 1); }
int odd(int n) { return n == 0 ? 0 : even(n - 1); } //~ error: leads back to `odd`
int self(int n) { return n ? self(n - 1) : 0; } //~ error: calls itself
/*~ diagnostics
error[recursion]: `odd` calls `even`, which leads back to `odd`; BPF has no recursion: the kernel allows eight frames and no cycle in the call graph
 --> recursion.c:4:38
  |
3 | int even(int n) { return n == 0 ? 1 : odd(n - 1); }
  |                                       ---------- `even` calls `odd` here
4 | int odd(int n) { return n == 0 ? 0 : even(n - 1); } //~ error: leads back to `odd`
  |                                      ^^^^^^^^^^^
  |
  = help: write a loop with a bound instead, or one function per level
error[recursion]: `self` calls itself; BPF has no recursion: the kernel allows eight frames and no cycle in the call graph
 --> recursion.c:5:30
  |
5 | int self(int n) { return n ? self(n - 1) : 0; } //~ error: calls itself
  |                              ^^^^^^^^^^^
  |
  = help: write a loop with a bound instead, or one function per level
*/
