// libbpf's tail call with a constant slot: an always_inline function that asks whether its parameter is constant.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } jumps SEC(".maps");
static __always_inline void jump(void *ctx, const void *map, const unsigned slot)
{
	if (!__builtin_constant_p(slot))
		__builtin_trap();
	asm volatile("r1 = %[ctx]\n\tr2 = %[map]\n\tr3 = %[slot]\n\tcall 12"
		:: [ctx] "r"(ctx), [map] "r"(map), [slot] "i"(slot) : "r0", "r1", "r2", "r3", "r4", "r5");
}
SEC("tc") int entry(struct __sk_buff *skb)
{
	jump(skb, &jumps, 2);
	return 1;
}
