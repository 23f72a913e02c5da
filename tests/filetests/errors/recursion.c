// A function that calls itself, directly or through others, when nothing says where that ends.
__attribute__((noinline)) int odd(int n);
int even(int n) { return n == 0 ? 1 : odd(n - 1); }
int odd(int n) { return n == 0 ? 0 : even(n - 1); } //~ error: leads back to `odd`

// Two calls, and a depth that is not known.
static int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); } //~ error: calls itself
int unknown(int n) { return fibonacci(n); }

// Deeper than what is written out.
static int deep(int n, int *p) {
	int x = n + *p;
	return n == 0 ? *p : deep(n - 1, &x); //~ error: calls itself
}
int too_deep(int x) { return deep(1000, &x); }

// Larger than what is written out.
static int tree(int n, volatile int *p) { return n ? tree(n - 1, p) - tree(n - 1, p) : *p; } //~ error: calls itself
int too_large(int x) { return tree(20, &x); }
/*~ diagnostics
error[recursion]: `odd` calls `even`, which leads back to `odd`; BPF has no recursion: the kernel allows eight frames and no cycle in the call graph
 --> recursion.c:4:38
  |
3 | int even(int n) { return n == 0 ? 1 : odd(n - 1); }
  |                                       --- `even` calls `odd` here
4 | int odd(int n) { return n == 0 ? 0 : even(n - 1); } //~ error: leads back to `odd`
  |                                      ^^^^
  |
  = help: write a loop with a bound, or pass a constant that says where it ends
error[recursion]: `fibonacci` calls itself; BPF has no recursion: the kernel allows eight frames and no cycle in the call graph
 --> recursion.c:7:50
  |
7 | static int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); } //~ error: calls itself
  |                                                  ^^^^^^^^^
8 | int unknown(int n) { return fibonacci(n); }
  |                             --------- the arguments here do not say where the recursion ends
  |
  = help: write a loop with a bound, or pass a constant that says where it ends
error[recursion]: `deep` calls itself; BPF has no recursion: the kernel allows eight frames and no cycle in the call graph
  --> recursion.c:13:23
   |
13 |     return n == 0 ? *p : deep(n - 1, &x); //~ error: calls itself
   |                          ^^^^
14 | }
15 | int too_deep(int x) { return deep(1000, &x); }
   |                              ---- from here, more than 256 calls are within each other
   |
   = help: write a loop with a bound, or pass a constant that says where it ends
error[recursion]: `tree` calls itself; BPF has no recursion: the kernel allows eight frames and no cycle in the call graph
  --> recursion.c:18:54
   |
18 | static int tree(int n, volatile int *p) { return n ? tree(n - 1, p) - tree(n - 1, p) : *p; } //~ error: calls itself
   |                                                      ^^^^
19 | int too_large(int x) { return tree(20, &x); }
   |                               ---- from here, this takes more than 16384 instructions written out
   |
   = help: write a loop with a bound, or pass a constant that says where it ends
*/
