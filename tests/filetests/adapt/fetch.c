// flags: --target=linux
// What was a value read through an unsafe pointer is copied to the stack by a helper and loaded from there.
#include <linux/bpf64.h>

SECTION("events/skb/kfree_skb")
int first(struct bpf_context *ctx)
{
	return bpf_fetch_u16((void *)ctx->arg1);
}
SECTION("license")
char license_text[] = "GPL";
// run: first(args[0] = 0) == 0
/*~ ir:adapt
global @license_text "license" mutable global size 4 align 1 = "GPL"

declare fn @bpf_fetch_u16(ptr) -> i32

fn @first(v0: ptr.ctx) -> i32 section "raw_tracepoint/kfree_skb" {
    slot s0: 2 align 2 "bpf_fetch_u16"
b0:
    v1: i64 = load.u64 v0+0
    v2: ptr = int_to_ptr v1
    v3: ptr.stack = slot_addr s0+0
    v4: i32 = const 2
    call helper 113(v3, v4, v2)
    v5: i32 = load.u16 v3+0
    v6: i32 = zext16 v5
    return v6
}
*/
/*~ asm
first:
    r3 = *(u64 *)(r1 + 0)
    r1 = r10
    r1 += -2
    r2 = 2
    call 113
    r0 = *(u16 *)(r10 - 2)
    w0 &= 65535
    exit
*/
