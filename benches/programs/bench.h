/* What the programs share. Each defines  u64 entry(void *mem, u64 len)  over a buffer of MEMSZ bytes: the first INSZ are input,
 * which is never written, the rest is scratch, and the last 8 are zero (ZERO: a zero that compilers do not know).
 * entry() can be repeated: its result depends on the input alone. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;
typedef int s32;
#define MEMSZ 16384
#define INSZ 4096
#define NOINLINE __attribute__((noinline))
#define ZERO(mem) (*(const u32 *)((const u8 *)(mem) + MEMSZ - 8))
