// Pointers into an arena are kept as user space sees them; an access and a conversion to an ordinary pointer take the
// kernel's address. `&node->value` and comparisons need none.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define __arena __attribute__((address_space(1)))
struct {
	__uint(type, 33); /* BPF_MAP_TYPE_ARENA */
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4);
	__uint(map_extra, 1 << 28);
} arena SEC(".maps");
struct node {
	struct node __arena *next;
	int value;
	int values[4];
};
typedef struct node __arena arena_node;
extern void __arena *bpf_arena_alloc_pages(void *map, void __arena *at, __u32 count, int node, __u64 flags) __ksym;
arena_node *head;
int *seen;
SEC("syscall")
int build(void *ctx)
{
	arena_node *first = bpf_arena_alloc_pages(&arena, (void __arena *)0, 1, -1, 0);
	int sum = 0;

	if (!first)
		return 1;
	first->next = head;
	first->value = 3;
	first->values[bpf_get_prandom_u32() & 3]++;
	head = first;
	seen = (int *)&first->value;
	arena_node *node = head;
	for (int i = 0; i < 4 && node; i++, node = node->next)
		sum += node->value;
	__sync_fetch_and_add(&first->values[1], sum);
	arena_node *back = (arena_node *)(struct node *)first;
	struct node copy = *back;
	return copy.value != 3;
}
char license[] SEC("license") = "GPL";
/*~ asm
build:
    r1 = arena ll
    w4 = -1
    r2 = 0
    r3 = 1
    r5 = 0
    call bpf_arena_alloc_pages
    if r0 != 0 goto LBB0_2
    r0 = 1
    exit
LBB0_2:
    r1 = head ll
    r1 = *(u64 *)(r1 + 0)
    r6 = addr_space_cast(r0, 0, 1)
    r7 = r0
    *(u64 *)(r6 + 0) = r1
    r1 = 3
    *(u32 *)(r6 + 8) = r1
    call 7
    w0 &= 3
    r0 *= 4
    r5 = r7
    r1 = r5
    r1 += r0
    r1 = addr_space_cast(r1, 0, 1)
    r2 = *(u32 *)(r1 + 12)
    w2 += 1
    *(u32 *)(r1 + 12) = r2
    r1 = head ll
    *(u64 *)(r1 + 0) = r5
    r1 = r6
    r1 += 8
    r2 = seen ll
    *(u64 *)(r2 + 0) = r1
    if r5 != 0 goto LBB0_4
    r1 = 0
    goto LBB0_9
LBB0_4:
    r2 = addr_space_cast(r5, 0, 1)
    r1 = *(u32 *)(r2 + 8)
    r2 = *(u64 *)(r2 + 0)
    if r2 == 0 goto LBB0_9
    r5 = addr_space_cast(r2, 0, 1)
    r2 = *(u32 *)(r5 + 8)
    w2 += w1
    r1 = *(u64 *)(r5 + 0)
    if r1 != 0 goto LBB0_7
    r1 = r2
    goto LBB0_9
LBB0_7:
    r3 = addr_space_cast(r1, 0, 1)
    r1 = *(u32 *)(r3 + 8)
    w1 += w2
    r2 = *(u64 *)(r3 + 0)
    if r2 == 0 goto LBB0_9
    r2 = addr_space_cast(r2, 0, 1)
    r2 = *(u32 *)(r2 + 8)
    w2 += w1
    r1 = r2
LBB0_9:
    lock *(u32 *)(r6 + 16) += w1
    r1 = addr_space_cast(r6, 1, 0)
    r1 = addr_space_cast(r1, 0, 1)
    r1 = *(u32 *)(r1 + 8)
    if w1 == 3 goto LBB0_11
    r0 = 1
    exit
LBB0_11:
    r0 = 0
    exit
*/
