// A program for Linux with inline assembly: the kernel's checker follows the template's instructions like all others.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tracepoint/kfree_skb")
int prog(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 index = ctx->args[1];
	__u32 key = 1;
	__u64 *value;

	/* What the helper gets is written by hand, the map by name. */
	asm volatile("r1 = counts ll;"
		     "r2 = %[key];"
		     "call %[lookup];"
		     "%[value] = r0"
		     : [value] "=r"(value)
		     : [key] "r"(&key), [lookup] "i"(bpf_map_lookup_elem)
		     : "r0", "r1", "r2", "r3", "r4", "r5", "memory");
	if (!value)
		return 0;
	/* Bounds that the compiler cannot reason away. */
	asm volatile("if %[index] > 7 goto 1f; goto 2f; 1: %[index] = 7; 2:" : [index] "+r"(index));
	asm volatile("" : "+r"(index));
	asm volatile("lock *(u64 *)(%0 + %1) += %2" :: "r"(value), "i"(0), "r"(index) : "memory");
	return index;
}
// run: prog(args[1] = 5) == 5
// run: prog(args[1] = 100) == 7
// map: counts[1] == 12
char LICENSE[] SEC("license") = "GPL";
