// A filter on a socket: it sees each datagram and shortens it.
// kernel: 5.10
// lab: attach-socket on_datagram
// lab: trigger datagram 4
// lab: var seen == 4
// lab: var first_byte == 98

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

long seen, first_byte;

SEC("socket")
int on_datagram(struct __sk_buff *packet)
{
	unsigned char byte = 0;

	bpf_skb_load_bytes(packet, 8, &byte, 1);
	first_byte = byte;
	__sync_fetch_and_add(&seen, 1);
	return 9;
}

char LICENSE[] SEC("license") = "GPL";
