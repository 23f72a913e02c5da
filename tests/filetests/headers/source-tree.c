// Programs in the kernel's source tree name headers as it does; they are the same ones. What is the kernel's alone is not there.
// flags: --target=linux
// headers: bpfcc's alone
#include <uapi/linux/bpf.h>
#include <linux/bpf.h>
#include <uapi/linux/if_ether.h>
#include <bpf/bpf_helpers.h>

#if !__has_include(<uapi/linux/tcp.h>) || __has_include(<uapi/linux/skbuff.h>) || __has_include(<linux/skbuff.h>)
#error "only the headers for programs"
#endif

SEC("xdp") int drop(struct xdp_md *ctx)
{
    return ctx->data_end - ctx->data < ETH_HLEN ? XDP_DROP : XDP_PASS;
}
