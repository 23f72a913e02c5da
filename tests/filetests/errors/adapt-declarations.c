// flags: --target=linux
// Functions of 2014 that a program declares for itself must be what they were.
char bpf_fetch_u64(void *);
void *bpf_table_lookup(void *);
void bpf_fetch_u8(void *);

__attribute__((section("events/skb/kfree_skb")))
int prog(void **ctx)
{
	bpf_fetch_u8(ctx[0]); //~ error: `bpf_fetch_u8` is declared with other types than it had in 2014
	if (bpf_table_lookup(ctx)) //~ error: `bpf_table_lookup` is declared with other types than it had in 2014
		return 1;
	return bpf_fetch_u64(ctx[1]); //~ error: `bpf_fetch_u64` is declared with other types than it had in 2014
}
