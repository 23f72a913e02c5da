// Helpers about text, and a spin lock around two counters.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct counters { struct bpf_spin_lock lock; __u32 sum, calls; };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");
static const char word[] = "abc";
static const char fmt[] = "%d-%x";

long compare(__u8 third)
{
	char text[4] = { 'a', 'b', third, 0 };
	return bpf_strncmp(text, sizeof text, word);
}
// run: compare(99) == 0
// run: compare(98) == -1
// run: compare(100) == 1
// run: compare(0) == -1

long print(long value)
{
	char text[8];
	__u64 values[] = { value, value };
	long len = bpf_snprintf(text, sizeof text, fmt, values, sizeof values);
	return len * 1000 + text[0] + text[len < 8 ? len - 1 : 7];
}
// run: print(10) == 5049
// run: print(123456) == 13049

int add(__u32 n)
{
	__u32 zero = 0;
	struct counters *found = bpf_map_lookup_elem(&counters, &zero);
	if (!found)
		return -1;
	bpf_spin_lock(&found->lock);
	found->sum += n;
	found->calls++;
	bpf_spin_unlock(&found->lock);
	return found->sum * 10 + found->calls;
}
// run: add(5) == 51
// run: add(6) == 112
