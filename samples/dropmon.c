// Drop monitor, in the restricted C of 2014: who throws packets away, and how often?
//
// The kernel's event skb:kfree_skb fires when a packet is dropped; its second argument is the place in the kernel that
// did it. The program counts events per place in table 0, a hash table.
//
//   cargo run -- run samples/dropmon.c --events 1000
//   cargo run -- --target=linux samples/dropmon.c       dropmon.o for the Linux of today, as libbpf loads it

#include <linux/bpf64.h>

SECTION("events/skb/kfree_skb")
void dropmon(struct bpf_context *ctx)
{
	void *loc = (void *)ctx->arg2;
	u64 *drop_cnt = bpf_table_lookup(ctx, 0, &loc);

	if (drop_cnt) {
		__sync_fetch_and_add(drop_cnt, 1);
	} else {
		u64 first = 0;

		bpf_table_update(ctx, 0, &loc, &first);
	}
}

SECTION("bpf_tables")
struct bpf_table tables[] = {
	{ BPF_TABLE_HASH, sizeof(void *), sizeof(u64), 4096, 0 },
};

SECTION("license")
char license_text[] = "GPL";
