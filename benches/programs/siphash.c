/* SipHash-2-4-like over the 4096 input bytes: 64-bit add/rotate/xor. */
#include "bench.h"
#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define ROUND                                                                                      \
    do {                                                                                           \
        v0 += v1; v1 = ROTL(v1, 13); v1 ^= v0; v0 = ROTL(v0, 32);                                  \
        v2 += v3; v3 = ROTL(v3, 16); v3 ^= v2;                                                     \
        v0 += v3; v3 = ROTL(v3, 21); v3 ^= v0;                                                     \
        v2 += v1; v1 = ROTL(v1, 17); v1 ^= v2; v2 = ROTL(v2, 32);                                  \
    } while (0)
u64 entry(void *mem, u64 len)
{
    const u64 *p = (const u64 *)mem;
    u64 k0, k1, v0, v1, v2, v3, m;
    u32 i;
    if (len < MEMSZ)
        return ~0ULL;
    k0 = p[0];
    k1 = p[1];
    v0 = 0x736f6d6570736575ULL ^ k0;
    v1 = 0x646f72616e646f6dULL ^ k1;
    v2 = 0x6c7967656e657261ULL ^ k0;
    v3 = 0x7465646279746573ULL ^ k1;
    for (i = 0; i < 512; i++) {
        m = p[i];
        v3 ^= m;
        ROUND;
        ROUND;
        v0 ^= m;
    }
    v2 ^= 0xff;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    return v0 ^ v1 ^ v2 ^ v3;
}
