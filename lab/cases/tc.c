// A classifier on incoming packets reads them directly and marks them.
// kernel: 6.6
// lab: attach-tcx on_packet lo
// lab: trigger drop 5
// lab: var udp >= 5

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

long udp;

SEC("tcx/ingress")
int on_packet(struct __sk_buff *packet)
{
	void *data = (void *)(long)packet->data, *end = (void *)(long)packet->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);

	if ((void *)(ip + 1) > end)
		return TC_ACT_OK;
	if (ip->protocol == IPPROTO_UDP) {
		packet->mark = 42;
		__sync_fetch_and_add(&udp, 1);
	}
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
