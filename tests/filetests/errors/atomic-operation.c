// Some operations are not atomic instructions.
static _Atomic long counter;
static _Atomic short small;
void scale(void) { counter *= 3; } //~ error: one step
void shift(void) { counter <<= 3; } //~ error: one step
void count(void) { small++; } //~ error: 2 bytes
void nand(long *p) { __sync_fetch_and_nand(p, 1); } //~ error: not-and
/*~ diagnostics
error[atomic-operation]: `*=` is not done in one step; BPF's atomic operations are addition, and, or, xor, exchange and compare-and-exchange
 --> atomic-operation.c:4:20
  |
4 | void scale(void) { counter *= 3; } //~ error: one step
  |                    ^^^^^^^^^^^^
  |
  = help: use `__sync_val_compare_and_swap` in a loop with a bound, or hold a `bpf_spin_lock`
error[atomic-operation]: `<<=` is not done in one step; BPF's atomic operations are addition, and, or, xor, exchange and compare-and-exchange
 --> atomic-operation.c:5:20
  |
5 | void shift(void) { counter <<= 3; } //~ error: one step
  |                    ^^^^^^^^^^^^^
  |
  = help: use `__sync_val_compare_and_swap` in a loop with a bound, or hold a `bpf_spin_lock`
error[atomic-size]: this works on 2 bytes; BPF's atomic operations work on 4 or 8 bytes
 --> atomic-operation.c:6:20
  |
6 | void count(void) { small++; } //~ error: 2 bytes
  |                    ^^^^^
  |
  = help: use a 32-bit or 64-bit integer
error[atomic-operation]: this is an atomic not-and; BPF's atomic operations are addition, and, or, xor, exchange and compare-and-exchange
 --> atomic-operation.c:7:22
  |
7 | void nand(long *p) { __sync_fetch_and_nand(p, 1); } //~ error: not-and
  |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: use `__sync_val_compare_and_swap` in a loop with a bound, or hold a `bpf_spin_lock`
*/
