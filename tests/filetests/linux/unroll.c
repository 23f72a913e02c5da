// flags: -O1
// Offsets into a context are constants for the kernel; a short loop that counts through it has them once it is written out.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("tc") int sum(struct __sk_buff *skb)
{
	__u32 sum = 0;

	for (int i = 0; i < 5; i++) {
		skb->cb[i] = i;
		sum += skb->cb[i];
	}
	return sum;
}
SEC("cgroup/bind6") int bind(struct bpf_sock_addr *ctx)
{
	__u8 ip = 0;

	for (int i = 0; i < 4; i++) {
		ip |= ((volatile __u8 *)&ctx->user_ip6[i])[0];
		ip |= ((volatile __u8 *)&ctx->user_ip6[i])[3];
	}
	return ip != 0;
}
