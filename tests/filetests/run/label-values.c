// Labels as values: addresses in tables and variables, differences of addresses, jumps to them.
enum { ADD, DOUBLE, STOP };
static int interpret(const unsigned char *code, int x) {
    static const void *const jumps[] = { &&add, &&twice, &&stop };
    goto *jumps[code[0]];
add:
    x += 10;
    goto *jumps[code[1]];
twice:
    x *= 2;
    goto *(code[2] == STOP ? &&stop : (void *)&&trap);
trap:
    return -1;
stop:
    return x;
}
int add_and_double(int x) {
    const unsigned char code[] = { ADD, DOUBLE, STOP };
    return interpret(code, x);
}
// Offsets from one label, as position-independent tables have them.
int by_offset(int i) {
    static const int offsets[] = { &&zero - &&zero, &&one - &&zero, &&two - &&zero };
    if (i < 0 || i > 2) return -1;
    goto *(&&zero + offsets[i]);
two:
    return 102;
one:
    return 101;
zero:
    return 100;
}
int in_variable(int x) {
    void *p = x ? &&yes : &&no, *q = (void *)&&no;
    if (p == q) x = 5;
    goto *p;
no:
    return x;
yes:
    return x + 100;
}
// Leaving a scope by such a jump ends the lives in it.
static int ended;
static void end(int *p) { ended += *p; }
int leaving(int x) {
    void *p = x ? &&a : &&b;
    {
        __attribute__((cleanup(end))) int seven = 7;
        goto *p;
    a:
        ended += 100;
    }
b:
    x = ended;
    ended = 0;
    return x;
}
// run: add_and_double(1) == 22
// run: by_offset(0) == 100
// run: by_offset(1) == 101
// run: by_offset(2) == 102
// run: by_offset(3) == -1
// run: in_variable(0) == 5
// run: in_variable(1) == 101
// run: leaving(0) == 7
// run: leaving(1) == 107
// Behind a size or a call `&&` is the operator.
int sizes(int x) { return sizeof(int) && in_variable(x) && _Alignof(long) && (x) && sizeof(char *) && x; }
// run: sizes(1) == 1
// run: sizes(0) == 0
