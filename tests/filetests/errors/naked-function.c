// What a naked function may not be.
__attribute__((naked)) int returns(int x)
{
	return x; //~ error: this is no `asm` statement
}

__attribute__((naked)) int two(int x)
{
	asm volatile("r0 = 1" ::: "r0");
	asm volatile("exit"); //~ error: there is more than one statement
}

__attribute__((naked)) int falls(int x)
{
	asm volatile("if r1 == 0 goto 1f; r0 = 1; exit; 1:" ::: "r0"); //~ error: control may get behind this text
}

static __attribute__((naked)) int unused(int x)
{
	return x;
}
/*~ diagnostics
error[naked-function]: this is no `asm` statement; a `naked` function is one `asm` statement that ends in `exit` or a jump
 --> naked-function.c:4:2
  |
4 |     return x; //~ error: this is no `asm` statement
  |     ^^^^^^^^^
  |
  = help: write all of it in that statement, or leave out `naked`
error[naked-function]: there is more than one statement; a `naked` function is one `asm` statement that ends in `exit` or a jump
  --> naked-function.c:10:2
   |
10 |     asm volatile("exit"); //~ error: there is more than one statement
   |     ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write all of it in that statement, or leave out `naked`
error[naked-function]: control may get behind this text; a `naked` function is one `asm` statement that ends in `exit` or a jump
  --> naked-function.c:15:2
   |
15 |     asm volatile("if r1 == 0 goto 1f; r0 = 1; exit; 1:" ::: "r0"); //~ error: control may get behind this text
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write all of it in that statement, or leave out `naked`
*/
