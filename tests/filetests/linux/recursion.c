// Recursion: what calls itself last loops, and what ends after a known number of calls is written out.

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// Nothing is left to do after the call.
static int greatest_divisor(unsigned a, unsigned b) { return b ? greatest_divisor(b, a % b) : a; }
int divisor(unsigned a, unsigned b) { return greatest_divisor(a, b); }
// run: divisor(48, 36) == 12

// A product is.
static long factorial(int n) {
    if (n <= 1)
        return 1;
    return n * factorial(n - 1);
}
long product(int n) { return factorial(n & 31); }
// run: product(5) == 120
// run: product(0) == 1
// run: product(20) == 2432902008176640000

// A sum, with a value read before the call, or none.
static int sum(const int *p, int n) {
    if (n == 0)
        return 0;
    if (*p < 0)
        return sum(p + 1, n - 1);
    return *p + sum(p + 1, n - 1);
}
int sums(int a, int b, int c) {
    int numbers[3] = {a, b, c};
    return sum(numbers, 3);
}
// run: sums(1, 2, 3) == 6
// run: sums(1, -2, 3) == 4

// No result.
static int total;
static void count(int n) {
    if (n > 0) {
        total += n;
        count(n - 1);
    }
}
int counted(int n) {
    total = 0;
    count(n & 15);
    return total;
}
// run: counted(4) == 10

// Two calls in one: written out.
static __attribute__((noinline)) int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
int fibonacci_30(void) { return fibonacci(30); }
// run: fibonacci_30() == 832040

// The arguments of one call are the results of others.
static int ackermann(int m, int n) {
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
int ackermann_2_3(void) { return ackermann(2, 3); }
// run: ackermann_2_3() == 9

// Two functions that call each other, over a value that is not known.
static int odd(int n, int x);
static int even(int n, int x) { return n == 0 ? x : odd(n - 1, x * 3) + 1; }
static int odd(int n, int x) { return n == 0 ? -x : even(n - 1, x + 1) * 2; }
int parity(int x) { return even(4, x) + odd(3, x); }
// run: parity(1) == 85

// The address of a variable of the call is passed on: this is no loop.
static int through(int n, int *p) {
    int x = n + *p;
    if (n == 0)
        return *p;
    return through(n - 1, &x);
}
int addresses(int x) { return through(10, &x); }
// run: addresses(7) == 62

// A tree.
struct node {
    int value;
    struct node *left, *right;
};
static int depth(int level, const struct node *node) {
    if (!node || level == 0)
        return 0;
    int left = depth(level - 1, node->left), right = depth(level - 1, node->right);
    return 1 + (left > right ? left : right);
}
int tree(int x) {
    struct node a = {x, 0, 0}, b = {x, &a, 0}, c = {x, 0, &b};
    return depth(4, &c);
}
// run: tree(1) == 3

SEC("raw_tracepoint/sys_enter")
int in_the_kernel(struct bpf_raw_tracepoint_args *ctx) {
    int number = ctx->args[1] & 7;
    return product(number) + sums(number, 2, 3) + counted(number) + fibonacci_30() + ackermann_2_3() + parity(number) +
           addresses(number) + tree(number) > 14;
}

char _license[] SEC("license") = "GPL";
