/* 512 calls of helper number 1, u64 lookup(u64 key), a hash table of the host (open addressing, 256 slots). */
#include "bench.h"
#ifdef NATIVE
/* The bench stores the address of the function that BPF programs call by number. */
u64 (*bench_lookup)(u64 key, u64 b, u64 c, u64 d, u64 e);
#define LOOKUP(k) bench_lookup(k, 0, 0, 0, 0)
#else
static u64 (*const bench_lookup)(u64 key) = (u64(*)(u64))1;
#define LOOKUP(k) bench_lookup(k)
#endif
u64 entry(void *mem, u64 len)
{
    const u8 *p = (const u8 *)mem;
    u64 h = 0;
    u32 i;
    if (len < MEMSZ)
        return ~0ULL;
    for (i = 0; i < 512; i++) {
        u64 v = LOOKUP((u64)p[i]);
        h = h * 31 + v;
    }
    return h;
}
