// What libbpf added after 1.1: loops over iterators of the kernel, tags of arguments, programs for user space.
// flags: --target=linux
// libbpf: 1.6
#define __TARGET_ARCH_x86
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

extern void *bpf_cast_to_kern_ctx(void *obj) __ksym __weak;

struct counter {
    int value;
};

__noinline int argument(struct __sk_buff *skb __arg_ctx, struct counter *c __arg_nonnull)
{
    return likely(c->value) && unlikely(skb->len);
}

SEC("tc") int symbols(struct __sk_buff *skb)
{
    return bpf_ksym_exists(bpf_cast_to_kern_ctx);
}

SEC("tc") int loops(struct __sk_buff *skb)
{
    int i, sum = 0, *each;
    bpf_for(i, 0, 10) {
        if (i == 5)
            continue;
        sum += i;
    }
    bpf_repeat(3) {
        sum++;
        if (sum > 40)
            break;
    }
    bpf_for_each(num, each, 0, 3) {
        sum += *each;
    }
    struct counter c = { sum };
    return sum + argument(skb, &c);
}

struct node {
    struct bpf_list_node list;
    struct bpf_refcount count;
    struct task_struct __kptr *task;
    struct task_struct __kptr_untrusted *seen;
};

SEC("uprobe") int BPF_UPROBE(entered, int a, int b, int c, int d, int e)
{
    return a + b + c + d + e;
}

SEC("uretprobe") int BPF_URETPROBE(left, int result)
{
    return result;
}

SEC("ksyscall/mmap") int BPF_KPROBE_SYSCALL(mapped, void *addr, unsigned long length, int protection, int flags, int fd,
                                            unsigned long offset)
{
    return length + protection + flags + fd + offset + (addr != 0);
}

char LICENSE[] SEC("license") = "GPL";
