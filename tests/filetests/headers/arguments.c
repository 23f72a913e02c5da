// BPF_PROG and BPF_PROG2 take their arguments out of the context; structures by value take two elements.
// flags: --target=linux
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct wide {
    long a;
    int b;
};

SEC("raw_tp/one") int BPF_PROG(last, int a, char b, int c)
{
    return a * 100 + b * 10 + c;
}

int narrow(void)
{
    unsigned long long args[] = { 1, 0x102, 0xffffffff00000003 };
    return last(args);
}
// run: narrow() == 123

SEC("fentry/x") int BPF_PROG2(by_value, int, a, struct wide, w, char, c)
{
    return a * 1000 + w.a * 100 + w.b * 10 + c;
}

int values(void)
{
    struct wide wide = { 2, 3 };
    unsigned long long *words = (unsigned long long *)&wide, args[] = { 1, words[0], words[1], 0x104 };
    return by_value(args);
}
// run: values() == 1234

char LICENSE[] SEC("license") = "GPL";
