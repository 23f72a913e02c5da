// Headers of packets: bit-fields and names that stand for members lie where the protocols have them.
// flags: --target=linux
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

int flags(void)
{
    union tcp_word_hdr tcp = { .words = { 0 } };
    tcp.hdr.syn = tcp.hdr.ack = tcp.hdr.cwr = 1;
    tcp.hdr.doff = 5;
    return tcp_flag_word(&tcp) == (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_CWR | __cpu_to_be32(0x50000000));
}
// run: flags() == 1

int versions(void)
{
    unsigned char bytes[40] = { 0x45 }, wide[40] = { 0x6f };
    struct iphdr *ip = (void *)bytes;
    struct ipv6hdr *ip6 = (void *)wide;
    return ip->version * 1000 + ip->ihl * 100 + ip6->version * 10 + (ip6->priority == 15);
}
// run: versions() == 4561

int advertisement(void)
{
    struct icmp6hdr message = { .icmp6_type = ICMPV6_ECHO_REPLY };
    message.icmp6_router = 1;
    return message.icmp6_dataun.un_data8[0];
}
// run: advertisement() == 0x80

SEC("tc") int parse(struct __sk_buff *skb)
{
    void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
    struct ethhdr *eth = data;
    struct iphdr *ip = data + sizeof(*eth);
    if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) || skb->pkt_type != PACKET_HOST)
        return TC_ACT_OK;
    struct udphdr *udp = (void *)ip + ip->ihl * 4;
    if (ip->protocol != IPPROTO_UDP || (void *)(udp + 1) > end)
        return TC_ACT_OK;
    return udp->dest == bpf_htons(53) ? TC_ACT_SHOT : TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
