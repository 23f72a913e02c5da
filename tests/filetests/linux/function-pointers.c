// Calls through pointers: those that turn out to mean one function, tables, choices, callbacks of functions that are not
// inlined, and pointers kept in memory.

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef int operation(int, int);

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int times(int a, int b) { return a * b; }

static operation *const table[] = {add, subtract, times};

// A constant index.
int fixed(int a, int b) { return table[1](a, b); }
// run: fixed(9, 2) == 7

// An index that is known at run time.
int indexed(unsigned long i, int a, int b) { return i < 3 ? table[i](a, b) : -1; }
// run: indexed(0, 9, 2) == 11
// run: indexed(1, 9, 2) == 7
// run: indexed(2, 9, 2) == 18
// run: indexed(3, 9, 2) == -1

// A choice.
int chosen(int first, int a, int b) {
    operation *op = first ? add : times;
    return op(a, b);
}
// run: chosen(1, 3, 4) == 7
// run: chosen(0, 3, 4) == 12

// A callback.
static __attribute__((always_inline)) int twice(operation *op, int a) { return op(a, op(a, a)); }
static __attribute__((noinline)) int thrice(operation *op, int a) { return op(a, op(a, op(a, a))); }
int callback(int a) { return twice(add, a) * 1000 + thrice(times, a) + thrice(subtract, a); }
// run: callback(3) == 9081

// A pointer in a variable of the file, which may be null.
static operation *handler;
int set(int which) {
    handler = which == 1 ? add : which == 2 ? times : 0;
    return handler == add;
}
int call(int a, int b) { return handler ? handler(a, b) : -1; }
int call_anyway(int a, int b) { return handler(a, b); }
// run: call(5, 6) == -1
// run: set(1) == 1
// run: call(5, 6) == 11
// run: set(2) == 0
// run: call(5, 6) == 30
// run: set(0) == 0
// run: call_anyway(5, 6) == 0

// A struct of pointers, as drivers have them, in the frame.
struct operations {
    const char *name;
    operation *run;
    void (*note)(int *);
};
static void increment(int *p) { ++*p; }
static void decrement(int *p) { --*p; }
static const struct operations all[2] = {{"+", add, increment}, {"*", times, decrement}};
int member(unsigned i, int a, int b) {
    const struct operations *ops = &all[i & 1];
    int result = ops->run(a, b);
    ops->note(&result);
    return result;
}
// run: member(0, 5, 6) == 12
// run: member(1, 5, 6) == 29

// Six arguments.
static long sum(long a, long b, long c, long d, long e, long f) { return a + b + c + d + e + f; }
static long last(long a, long b, long c, long d, long e, long f) { return f; }
int many(int all) { return (all ? sum : last)(1, 2, 3, 4, 5, 6); }
// run: many(1) == 21
// run: many(0) == 6

SEC("raw_tracepoint/sys_enter")
int in_the_kernel(struct bpf_raw_tracepoint_args *ctx) {
    unsigned long number = ctx->args[1];
    return indexed(number % 3, 6, 2) + member(number, 1, 1) + chosen(number & 1, 1, 1) + callback(number) + many(number) +
           set(number & 3) + call(1, 2) > 14;
}

char _license[] SEC("license") = "GPL";
