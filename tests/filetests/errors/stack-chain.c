// The frames of a program and of the functions that it calls, one in the other, share 512 bytes, and there are eight.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __attribute__((noinline)) int inner(int x) {
	char text[200];
	bpf_get_current_comm(text, sizeof(text));
	return text[x & 127];
}
static __attribute__((noinline)) int middle(int x) {
	char text[200];
	bpf_get_current_comm(text, sizeof(text));
	return text[0] + inner(x);
}
SEC("raw_tracepoint/sys_enter")
int too_much(struct bpf_raw_tracepoint_args *ctx) { //~ error: 512 are for all frames together
	char text[200];
	bpf_get_current_comm(text, sizeof(text));
	return text[0] + middle(ctx->args[1]);
}

#define LEVEL(name, next) static __attribute__((noinline)) int name(int x) { return next(x) + bpf_get_prandom_u32(); }
static __attribute__((noinline)) int level1(int x) { return x * bpf_get_prandom_u32(); }
LEVEL(level2, level1)
LEVEL(level3, level2)
LEVEL(level4, level3)
LEVEL(level5, level4)
LEVEL(level6, level5)
LEVEL(level7, level6)
LEVEL(level8, level7)
SEC("raw_tracepoint/sys_exit")
int too_deep(struct bpf_raw_tracepoint_args *ctx) { return level8(ctx->args[1]); } //~ error: there are 8
/*~ diagnostics
error[stack]: `too_much` and what it calls need 624 bytes of stack; 512 are for all frames together
  --> stack-chain.c:16:5
   |
13 |     return text[0] + inner(x);
   |                      ----- `inner` takes 208 bytes
...
16 | int too_much(struct bpf_raw_tracepoint_args *ctx) { //~ error: 512 are for all frames together
   |     ^^^^^^^^
   |     |
   |     `too_much` takes 208 bytes
...
19 |     return text[0] + middle(ctx->args[1]);
   |                      ------ `middle` takes 208 bytes
   |
   = help: move large variables into a map, for example a per-CPU array with one entry
error[frames]: `too_deep` calls functions in 9 frames; there are 8
  --> stack-chain.c:32:5
   |
24 | LEVEL(level2, level1)
   | ----- `level1` takes 16 bytes
25 | LEVEL(level3, level2)
   | ----- `level2` takes 16 bytes
26 | LEVEL(level4, level3)
   | ----- `level3` takes 16 bytes
27 | LEVEL(level5, level4)
   | ----- `level4` takes 16 bytes
28 | LEVEL(level6, level5)
   | ----- `level5` takes 16 bytes
29 | LEVEL(level7, level6)
   | ----- `level6` takes 16 bytes
30 | LEVEL(level8, level7)
   | ----- `level7` takes 16 bytes
31 | SEC("raw_tracepoint/sys_exit")
32 | int too_deep(struct bpf_raw_tracepoint_args *ctx) { return level8(ctx->args[1]); } //~ error: there are 8
   |     ^^^^^^^^                                               ------ `level8` takes 16 bytes
   |     |
   |     `too_deep` takes 16 bytes
   |
   = help: make some of the functions `static __always_inline`
*/
