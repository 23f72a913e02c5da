/* 32x32 u32 matrix product in ctx memory: A = input, B = scratch[0..4K), C = scratch[4K..8K). */
#include "bench.h"
#define D 32
u64 entry(void *mem, u64 len)
{
    const u32 *a = (const u32 *)mem;
    u32 *b = (u32 *)((u8 *)mem + INSZ);
    u32 *c = (u32 *)((u8 *)mem + 2 * INSZ);
    u32 i, j, k;
    u64 h = 0;
    if (len < MEMSZ)
        return ~0ULL;
    for (i = 0; i < D * D; i++)
        b[i] = a[i] * 2654435761u + i;
    for (i = 0; i < D; i++) {
        for (j = 0; j < D; j++) {
            u32 s = 0;
            for (k = 0; k < D; k++)
                s += a[i * D + k] * b[k * D + j];
            c[i * D + j] = s;
        }
    }
    for (i = 0; i < D * D; i++)
        h = h * 31 + c[i];
    return h;
}
