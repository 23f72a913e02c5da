// flags: --target=linux
// Functions with the same arguments then and now, and time.
#include <linux/bpf64.h>

SECTION("events/skb/kfree_skb")
void tell(struct bpf_context *ctx)
{
	static const char fmt[] = "%d %u";

	bpf_trace_printk(fmt, sizeof(fmt), ctx->arg1, bpf_ktime_get_ns());
}
SECTION("license")
char license_text[] = "GPL";
/*~ asm
tell:
    r6 = *(u64 *)(r1 + 0)
    call 5
    r1 = tell.fmt ll
    r3 = r6
    r4 = r0
    r2 = 6
    call 6
    r0 = 0
    exit
*/
