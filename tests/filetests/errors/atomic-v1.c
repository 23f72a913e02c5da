// flags: --mcpu=v2
// Below v3 there is an atomic addition, and nothing else.
static _Atomic long counter;
void count(void) { counter += 1; }
long next(void) { return counter++; } //~ error: v3
void set(long x) { counter = x; } //~ error: v3
/*~ diagnostics
error[atomic]: atomic fetch_add needs -mcpu=v3 (Linux 5.12); v2 can only add atomically, and not return the old value
 --> atomic-v1.c:5:26
  |
5 | long next(void) { return counter++; } //~ error: v3
  |                          ^^^^^^^
  |
  = help: compile with `--mcpu=v3`, or do not use the result
error[atomic]: atomic xchg needs -mcpu=v3 (Linux 5.12); v2 can only add atomically, and not return the old value
 --> atomic-v1.c:6:20
  |
6 | void set(long x) { counter = x; } //~ error: v3
  |                    ^^^^^^^
  |
  = help: compile with `--mcpu=v3`, or do not use the result
*/
