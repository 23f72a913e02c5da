// Programs over packets, run by the kernel on request: what they return and what they refuse.
// kernel: 5.10
// lab: run pass_ipv4 ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 2
// lab: run pass_ipv4 ffffffffffff00000000000086dd6000000000001140000000000000000000000001 == 1
// lab: run checksum ffffffffffff00000000000008004500001400000000401100007f0000017f000001 == 2

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

SEC("xdp")
int pass_ipv4(struct xdp_md *ctx)
{
	struct ethhdr *ethernet = (void *)(long)ctx->data;

	if ((void *)(ethernet + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	return ethernet->h_proto == bpf_htons(ETH_P_IP) ? XDP_PASS : XDP_DROP;
}

#define CHECKSUM bpf_htons(0x8328)

/* RFC 1071 over the header without options. */
SEC("xdp")
int checksum(struct xdp_md *ctx)
{
	__u16 *words = (void *)((long)ctx->data + sizeof(struct ethhdr));
	__u32 sum = 0;

	if ((void *)words + sizeof(struct iphdr) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	for (int i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == CHECKSUM ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
