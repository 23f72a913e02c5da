// A local function is called relative; its arguments are already where they must be.
__attribute__((noinline)) static int add(int a, int b) { return a + b; }
int f(int a, int b) { return add(a, b) + 1; }
// run: f(3, 4) == 8
/*~ asm
add:
    r0 = r1
    w0 += w2
    exit

f:
    call add
    w0 += 1
    exit
*/
