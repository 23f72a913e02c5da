/* bpf-to-bpf calls + 64/32-bit modulo: 256 gcd() calls through two levels of non-inlined functions. */
#include "bench.h"
NOINLINE u64 gcd(u64 a, u64 b);
NOINLINE u64 step(u64 a, u64 b);
u64 entry(void *mem, u64 len)
{
    const u32 *p = (const u32 *)mem;
    u64 h = 0;
    u32 i;
    if (len < MEMSZ)
        return ~0ULL;
    for (i = 0; i < 256; i++)
        h = h * 31 + gcd(p[i], (u64)p[i + 256] << 8 | 1);
    return h;
}
NOINLINE u64 gcd(u64 a, u64 b)
{
    u32 i;
    for (i = 0; i < 64 && b; i++) {
        u64 t = step(a, b);
        a = b;
        b = t;
    }
    return a + i;
}
NOINLINE u64 step(u64 a, u64 b)
{
    return a % b;
}
