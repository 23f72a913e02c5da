// What <bpf/bpf_helpers.h> defines beyond prototypes. tests/headers.rs compiles the programs here with libbpf's own headers too.
// flags: --target=linux
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 4);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(__u32));
} jumps SEC(".maps");

struct inner {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} first SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 1);
    __type(key, __u32);
    __array(values, struct inner);
} outer SEC(".maps") = { .values = { [0] = &first } };

extern int LINUX_KERNEL_VERSION __kconfig;

SEC("tc") int tail(struct __sk_buff *skb)
{
    bpf_tail_call_static(skb, &jumps, 2);
    bpf_tail_call(skb, &jumps, 3);
    return 0;
}

SEC("tc") int print(struct __sk_buff *skb)
{
    bpf_printk("nothing");
    bpf_printk("one %d", skb->len);
    bpf_printk("three %d %d %d", skb->len, skb->mark, skb->hash);
    bpf_printk("four %d %d %d %d", skb->len, skb->mark, skb->hash, skb->ifindex);
    char text[32];
    BPF_SNPRINTF(text, sizeof(text), "%d %s", skb->len, "x");
    return text[0];
}

SEC("iter/task") int sequence(struct { void *meta; } *ctx)
{
    BPF_SEQ_PRINTF((void *)ctx->meta, "%d %d\n", 1, 2);
    return 0;
}

__hidden int shared(int x)
{
    barrier_var(x);
    barrier();
    return x + 1;
}

__weak __noinline int global(struct __sk_buff *skb)
{
    return shared(skb->len);
}

SEC("tc") int symbols(struct __sk_buff *skb)
{
    if (LINUX_KERNEL_VERSION < KERNEL_VERSION(5, 10, 0))
        return 0;
    return bpf_htons(skb->protocol) + bpf_ntohl(1) + bpf_be64_to_cpu(skb->mark) + global(skb);
}

char LICENSE[] SEC("license") = "GPL";
