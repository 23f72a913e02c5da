/* SWAR popcount + parity + leading bit over 512 input words, four passes. */
#include "bench.h"
u64 entry(void *mem, u64 len)
{
    const u64 *p = (const u64 *)mem;
    u64 x, h = 0;
    u32 r, i, tot = 0;
    if (len < MEMSZ)
        return ~0ULL;
    for (r = 0; r < 4; r++) {
        for (i = 0; i < 512; i++) {
            x = p[i] ^ h;
            x = x - ((x >> 1) & 0x5555555555555555ULL);
            x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
            x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
            x = (x * 0x0101010101010101ULL) >> 56;
            tot += (u32)x;
            h = (h << 5) + x + (h >> 3);
        }
    }
    return h ^ ((u64)tot << 32);
}
