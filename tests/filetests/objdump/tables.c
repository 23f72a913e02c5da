// An object of 2014: tables, and functions called by name. Without types there are names and bytes.
// flags: --debug-info=no
#include <linux/bpf64.h>

SECTION("bpf_tables") struct bpf_table tables[] = { { BPF_TABLE_HASH, 8, 8, 4096 }, { BPF_TABLE_HASH, 4, 8, 16 } };
unsigned char bytes[80] = { 1 };

SECTION("events/skb/kfree_skb") void count(struct bpf_context *ctx)
{
	u64 key = ctx->arg2;
	u64 *value = bpf_table_lookup(ctx, 0, &key);
	while (value && *value > bytes[0])
		*value -= 3;
}
/*~ objdump
BPF object, little endian: 1 program, 0 subprograms, 16 instructions, 2 maps, 0 types, no license

Sections
  section               contents        bytes  align  relocations  what for
  events/skb/kfree_skb  code            136    8      2            tracing_2014 programs for skb/kfree_skb
  bpf_tables            read-only data  40     4      0            tables of 2014
  .data                 data            80     1      0            variables

Maps
  name       type  key      value    max entries
  tables[0]  hash  8 bytes  8 bytes  4096
  tables[1]  hash  4 bytes  8 bytes  16

Externs
  extern            what it is        if missing
  bpf_table_lookup  function of 2014  the object is refused

events/skb/kfree_skb: tracing_2014 program for skb/kfree_skb, context struct bpf_context in r1

count:  # 16 instructions, 8 of 512 bytes of stack
    0:  r2 = *(u64 *)(r1 + 8)
    1:  *(u64 *)(r10 - 8) = r2
    2:  r3 = r10
    3:  r3 += -8
    4:  r2 = 0
    5:  call bpf_table_lookup                 # function of 2014
LBB0_1:
    6:  if r0 == 0 goto LBB0_4
    7:  r1 = *(u64 *)(r0 + 0)
    8:  r2 = bytes ll                         # in .data
   10:  r2 = *(u8 *)(r2 + 0)
   11:  if r1 <= r2 goto LBB0_4
   12:  r1 += -3
   13:  *(u64 *)(r0 + 0) = r1
   14:  goto LBB0_1
LBB0_4:
   15:  r0 = 0
   16:  exit

.data: data, 80 bytes
  bytes;  # at 0, 80 bytes
  0000  01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
  0010  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
      *
*/
