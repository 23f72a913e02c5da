// A context that travels through other functions: any parameter of a global one is checked by the kernel alone.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
__attribute__((noinline)) int length(struct __sk_buff *skb) { return skb->len; }
__attribute__((noinline)) int third(int scale, int more, struct __sk_buff *skb)
{
	return length(skb) * scale + more;
}
static __attribute__((noinline)) int by_static(long x, struct __sk_buff *skb) { return third(x, 1, skb); }
SEC("tc") int prog(struct __sk_buff *skb) { return by_static(2, skb) > 100; }
