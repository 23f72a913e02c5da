/* Insertion sort of 120 u32 (copied from input to scratch), order-dependent checksum. */
#include "bench.h"
#define N 120
u64 entry(void *mem, u64 len)
{
    const u32 *in = (const u32 *)mem;
    u32 *a = (u32 *)((u8 *)mem + INSZ);
    u32 i, j, key;
    u64 h = 0;
    if (len < MEMSZ)
        return ~0ULL;
    for (i = 0; i < N; i++)
        a[i] = in[i];
    for (i = 1; i < N; i++) {
        key = a[i];
        for (j = i; j > 0; j--) {
            u32 v = a[j - 1];
            if (v <= key)
                break;
            a[j] = v;
        }
        a[j] = key;
    }
    for (i = 0; i < N; i++)
        h = h * 1099511628211ULL ^ a[i];
    return h;
}
