/* Table-less CRC-32 (reflected 0xEDB88320) of 512 input bytes, 32-bit ALU. */
#include "bench.h"
u64 entry(void *mem, u64 len)
{
    const u8 *p = (const u8 *)mem;
    u32 crc = 0xffffffffu, i, k, b;
    if (len < MEMSZ)
        return ~0ULL;
    for (i = 0; i < 512; i++) {
        crc ^= p[i];
        for (k = 0; k < 8; k++) {
            b = crc & 1;
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - b));
        }
    }
    return crc ^ 0xffffffffu;
}
