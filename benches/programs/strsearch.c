/* Naive substring search (8-byte needle, 4-letter alphabet) in 768 bytes: short unpredictable branches. */
#include "bench.h"
u64 entry(void *mem, u64 len)
{
    const u8 *h = (const u8 *)mem;
    const u8 *n = (const u8 *)mem + 3000;
    u32 i, j, z, hits = 0, best = 0, pos = 0;
    if (len < MEMSZ)
        return ~0ULL;
    z = ZERO(mem);
    for (i = 0; i < 768; i++) {
        for (j = 0; j < 8; j++) {
            if ((h[i + j] ^ n[j]) & 3)
                break;
        }
        j |= z;
        hits += j;
        if (j > best) {
            best = j;
            pos = i;
        }
    }
    return ((u64)hits << 32) | (best << 16) | pos;
}
