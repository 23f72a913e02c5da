/* Sieve of Eratosthenes over 8192 bytes of scratch; byte stores, nested loops. */
#include "bench.h"
#define N 8192
u64 entry(void *mem, u64 len)
{
    u8 *f = (u8 *)mem + INSZ;
    u64 sum = 0;
    u32 i, j, cnt = 0;
    if (len < MEMSZ)
        return ~0ULL;
    for (i = 0; i < N; i++)
        f[i] = 1;
    for (i = 2; i * i < N; i++) {
        if (f[i]) {
            for (j = i * i; j < N; j += i)
                f[j] = 0;
        }
    }
    for (i = 2; i < N; i++) {
        u32 p = f[i];
        cnt += p;
        sum += (u64)i * p;
    }
    return sum * 65536 + cnt;
}
