/* Register-only 64-bit ALU loop (add/xor/shift), no memory in the loop. */
#include "bench.h"
u64 entry(void *mem, u64 len)
{
    u64 a = *(u64 *)mem, b = *((u64 *)mem + 1), t;
    u32 i;
    if (len < MEMSZ)
        return ~0ULL;
    for (i = 0; i < 20000; i++) {
        t = a + b;
        a = b ^ (t >> 7);
        b = t ^ (a << 3);
    }
    return a ^ b;
}
