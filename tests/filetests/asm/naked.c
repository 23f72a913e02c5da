// Naked functions: the body is one `asm` statement, as in the kernel's tests of its checker. The text finds the arguments
// in r1 to r5, has the whole stack frame, and leaves by itself.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define __naked __attribute__((naked))
#define __clobber_common "r0", "r1", "r2", "r3", "r4", "r5", "memory"
#define __clobber_all __clobber_common, "r6", "r7", "r8", "r9"
#define __imm(name) [name] "i"(name)
#define __imm_const(name, expr) [name] "i"(expr)
#define __imm_addr(name) [name] "i"(&name)
#define __imm_ptr(name) [name] "r"(&name)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u64);
	__type(value, __u64);
} counts SEC(".maps");

static const unsigned char table[8] = {3, 1, 4, 1, 5, 9, 2, 6};

static __naked __attribute__((used)) long at(long index)
{
	asm volatile ("				\
	r1 &= %[last] & 3 | 4;		\
	r6 = %[table];			\
	r6 += r1;			\
	r0 = *(u8 *)(r6 + 0);		\
	exit;				\
"	:
	: __imm_ptr(table), __imm_const(last, sizeof(table) - 1)
	: __clobber_common, "r6");
}

long element(long index) { return at(index) + index; }

static __naked __attribute__((noinline, used)) long sub(long x)
{
	asm volatile ("r0 = r1; r0 s>>= 1; if r0 s> 0 goto 1f; r0 = -r0; 1: exit" ::: __clobber_all);
}

__naked long half(long x)
{
	asm volatile ("call sub; exit;" ::: __clobber_all);
}

__naked long stack(long x, long y)
{
	asm volatile (
	"*(u64 *)(r10 - 8) = r1;"
	"r3 = r10;"
	"r3 += %[second];"
	"*(u64 *)(r3 + 0) = r2;"
	"lock *(u64 *)(r10 + %[second] + 8) += r2;"
	"r1 = *(u64 *)(r10 -8);"
	"r0 = *(u32 *)(r10 - (8 * 2));"
	"r0 += r1;"
	"exit;"
	:
	: __imm_const(second, -16)
	: __clobber_all);
}

SEC("raw_tracepoint/kfree_skb")
__naked int prog(struct bpf_raw_tracepoint_args *ctx)
{
	asm volatile ("				\
	r6 = *(u64 *)(r1 + %[offset]);	\
	r1 = %[key];			\
	*(u64*)(r10 - 8) = r1;		\
	*(u64*)(r10 - 16) = r6;		\
	r1 = %[counts] ll;		\
	r2 = r10;			\
	r2 += -8;			\
	r3 = r10;			\
	r3 += -16;			\
	r4 = 0;	/* any */		\
	call %[bpf_map_update_elem];	\
	if r0 == 0 goto l0_%=;		\
	r0 = 0xffffffff;		\
	exit;				\
l0_%=:	r1 = counts ll;			\
	r2 = r10;			\
	r2 += -8;			\
	call %[bpf_map_lookup_elem];	\
	if r0 == 0 goto l1_%=;		\
	r0 = *(u64 *)(r0 + 0);		\
l1_%=:	exit;				\
"	:
	: __imm(bpf_map_lookup_elem),
	  __imm(bpf_map_update_elem),
	  __imm_addr(counts),
	  __imm_const(key, 9),
	  __imm_const(offset, __builtin_offsetof(struct bpf_raw_tracepoint_args, args[1]))
	: __clobber_all);
}
// run: element(5) == 14
// run: half(12) == 6
// run: half(-12) == 6
// run(little): stack(5, 7) == 19
// run(big): stack(5, 7) == 12
// run: prog(args[1] = 77) == 77
// map: counts[9] == 77
char LICENSE[] SEC("license") = "GPL";
