// What inline assembly may not say.
long f(long x, long y)
{
	struct { long a, b; } pair = {x, y};
	double d;

	asm volatile("r0 = 1; mov r1, r2; r3 = 4" ::: "r0"); //~ error: in `mov r1, r2`: unknown instruction `mov`
	asm volatile("%0 = %2" : "=r"(x) : "r"(y)); //~ error: there is no operand `%2`
	asm volatile("%0 = %[z]" : "=r"(x)); //~ error: there is no operand `%[z]`
	asm volatile("goto +4"); //~ error: `goto +4` jumps out of the statement
	asm volatile("goto out"); //~ error: label `out` is not defined
	asm volatile("call nothing" ::: "r0"); //~ error: `nothing` is not declared

	asm volatile("%0 += 0x123456789" : "+r"(x)); //~ error: 4886718345 does not fit
	asm volatile("" : "=f"(x)); //~ error: there is no constraint `"=f"`
	asm volatile("" : "r"(x)); //~ error: the constraint of an output starts with
	asm volatile("" :: "1"(x)); //~ error: there is no output 1 to share
	asm volatile("" ::: "rax"); //~ error: `rax` is no register that can be overwritten
	asm volatile("" :: "r"(pair)); //~ error: does not fit a register
	asm volatile("" :: "r"(d)); //~ error: does not fit a register
	asm volatile("" :: "r"(x), "r"(y) : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"); //~ error: more registers than BPF has
	asm volatile("%0 = cmpxchg_64(%1 + 0, %0, %2)" : "+r"(x) : "r"(&pair), "r"(y)); //~ error: expected r0 or w0
	register long a asm("r3") = x;
	register long b asm("r3") = y;
	asm volatile("" :: "r"(a), "r"(b)); //~ error: two operands are in `r3`
	register long c asm("r10"); //~ error: `r10` is no register for variables
	return x;
}

static inline void unused(void)
{
	asm volatile("mov %rax, %rbx");
}
/*~ diagnostics
error[inline-assembly]: in `mov r1, r2`: unknown instruction `mov`
 --> inline-assembly.c:7:2
  |
7 |     asm volatile("r0 = 1; mov r1, r2; r3 = 4" ::: "r0"); //~ error: in `mov r1, r2`: unknown instruction `mov`
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: there is no operand `%2`
 --> inline-assembly.c:8:2
  |
8 |     asm volatile("%0 = %2" : "=r"(x) : "r"(y)); //~ error: there is no operand `%2`
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: there is no operand `%[z]`
 --> inline-assembly.c:9:2
  |
9 |     asm volatile("%0 = %[z]" : "=r"(x)); //~ error: there is no operand `%[z]`
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: `goto +4` jumps out of the statement; inline assembly keeps to its statement and its operands
  --> inline-assembly.c:10:2
   |
10 |     asm volatile("goto +4"); //~ error: `goto +4` jumps out of the statement
   |     ^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: to jump further use `asm goto`
error[inline-assembly]: in `goto out`: label `out` is not defined
  --> inline-assembly.c:11:2
   |
11 |     asm volatile("goto out"); //~ error: label `out` is not defined
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: `nothing` is not declared
  --> inline-assembly.c:12:2
   |
12 |     asm volatile("call nothing" ::: "r0"); //~ error: `nothing` is not declared
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: in `r9 += 0x123456789`: 4886718345 does not fit 32 bits
  --> inline-assembly.c:14:2
   |
14 |     asm volatile("%0 += 0x123456789" : "+r"(x)); //~ error: 4886718345 does not fit
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: there is no constraint `"=f"`
  --> inline-assembly.c:15:20
   |
15 |     asm volatile("" : "=f"(x)); //~ error: there is no constraint `"=f"`
   |                       ^^^^
error[inline-assembly]: the constraint of an output starts with `=` or `+`
  --> inline-assembly.c:16:20
   |
16 |     asm volatile("" : "r"(x)); //~ error: the constraint of an output starts with
   |                       ^^^^^^
error[inline-assembly]: there is no output 1 to share
  --> inline-assembly.c:17:25
   |
17 |     asm volatile("" :: "1"(x)); //~ error: there is no output 1 to share
   |                            ^
error[inline-assembly]: `rax` is no register that can be overwritten
  --> inline-assembly.c:18:22
   |
18 |     asm volatile("" ::: "rax"); //~ error: `rax` is no register that can be overwritten
   |                         ^^^^^
error[inline-assembly]: `struct (anonymous)` does not fit a register
  --> inline-assembly.c:19:25
   |
19 |     asm volatile("" :: "r"(pair)); //~ error: does not fit a register
   |                            ^^^^
error[inline-assembly]: `double` does not fit a register
  --> inline-assembly.c:20:25
   |
20 |     asm volatile("" :: "r"(d)); //~ error: does not fit a register
   |                            ^
error[inline-assembly]: the operands need more registers than BPF has
  --> inline-assembly.c:21:2
   |
21 |     asm volatile("" :: "r"(x), "r"(y) : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"); //~ error: more registers than BPF has
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: in `r9 = cmpxchg_64(r8 + 0, r9, r7)`: expected r0 or w0 as the result before it, found `(`
  --> inline-assembly.c:22:2
   |
22 |     asm volatile("%0 = cmpxchg_64(%1 + 0, %0, %2)" : "+r"(x) : "r"(&pair), "r"(y)); //~ error: expected r0 or w0
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: two operands are in `r3` at the same time
  --> inline-assembly.c:25:2
   |
25 |     asm volatile("" :: "r"(a), "r"(b)); //~ error: two operands are in `r3`
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
error[inline-assembly]: `r10` is no register for variables
  --> inline-assembly.c:26:16
   |
26 |     register long c asm("r10"); //~ error: `r10` is no register for variables
   |                   ^
*/
