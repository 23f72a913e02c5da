// Loops whose bound only the kernel's checker can find, one over a packet's bytes and one that is left early.
// kernel: 5.10
// lab: run sum_bytes 0102030405060708090a0b0c0d0e0f10 == 136
// lab: run find_byte 0102030405060708090a0b0c0d0e0f10 == 7

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int sum_bytes(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	int sum = 0;

	for (int i = 0; i < 64; i++) {
		if ((void *)(data + i + 1) > (void *)end)
			break;
		sum += data[i];
	}
	return sum;
}

SEC("xdp")
int find_byte(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	for (int i = 0; i < 64 && (void *)(data + i + 1) <= (void *)end; i++)
		if (data[i] == 8)
			return i;
	return -1;
}

char LICENSE[] SEC("license") = "GPL";
