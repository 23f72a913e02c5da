// flags: --target=linux
// What Linux has no counterpart for is refused where the program needs it.
#include <linux/bpf64.h>

SECTION("bpf_tables")
struct bpf_table tables[] = {
	{ BPF_TABLE_HASH, 8, 8, 4096, 0 },
};
SECTION("bpf_tables")
struct bpf_table strange = { 7, 8, 8, 4096, 0 }; //~ error: `strange[0]` is a table of type 7
SECTION("bpftables")
char rest[24] = "not a table"; //~ error: `rest` has 24 bytes; section `bpftables` holds definitions of tables, 20 bytes each
struct bpf_table *definitions = tables; //~ error: `tables` is used as data

SECTION("events/skb/kfree_skb")
int all(struct bpf_context *ctx)
{
	u64 key = ctx->arg1;

	bpf_table_lookup(ctx, ctx->arg2, &key); //~ error: the table that `bpf_table_lookup` is to use is known only when the program runs
	bpf_table_lookup(ctx, 1, &key); //~ error: `bpf_table_lookup` uses table 1; the program has table 0 alone
	bpf_table_update(ctx, -1, &key, &key); //~ error: `bpf_table_update` uses table -1
	bpf_dump_stack(ctx); //~ error: `bpf_dump_stack` has no counterpart in Linux
	if (bpf_memcmp((void *)ctx->arg1, &key, 8)) //~ error: `bpf_memcmp` has no counterpart in Linux
		return ctx->ret; //~ error: `all` reads `ret` of its context; a tracepoint has no result
	return tables[0].max_entries; //~ error: `tables` is used as data
}

SECTION("events/skb")
int no_event(struct bpf_context *ctx) //~ error: section `events/skb` does not say which event of Linux `no_event` is for
{
	return 0;
}
/*~ diagnostics
error[adapt]: `strange[0]` is a table of type 7; there are hash tables and longest-prefix-match tables
  --> adapt.c:10:18
   |
10 | struct bpf_table strange = { 7, 8, 8, 4096, 0 }; //~ error: `strange[0]` is a table of type 7
   |                  ^^^^^^^
   |
   = help: use `BPF_TABLE_HASH` or `BPF_TABLE_LPM`
error[adapt]: `rest` has 24 bytes; section `bpftables` holds definitions of tables, 20 bytes each
  --> adapt.c:12:6
   |
12 | char rest[24] = "not a table"; //~ error: `rest` has 24 bytes; section `bpftables` holds definitions of tables, 20 bytes each
   |      ^^^^
   |
   = help: declare it as `struct bpf_table`, or as an array of them
error[adapt]: `tables` is used as data; in Linux the definition of a table is not there when the program runs
  --> adapt.c:13:19
   |
13 | struct bpf_table *definitions = tables; //~ error: `tables` is used as data
   |                   ^^^^^^^^^^^
   |
   = help: call `bpf_table_lookup` or `bpf_table_update` with the table's number
error[adapt]: the table that `bpf_table_lookup` is to use is known only when the program runs; Linux binds a call to a map when it is loaded
  --> adapt.c:20:2
   |
20 |     bpf_table_lookup(ctx, ctx->arg2, &key); //~ error: the table that `bpf_table_lookup` is to use is known only when the program runs
   |     ^^^^^^^^^^^^^^^^
   |
   = help: write the number of the table into the call, and choose between calls with `if` or `switch`
error[adapt]: `bpf_table_lookup` uses table 1; the program has table 0 alone
  --> adapt.c:21:2
   |
21 |     bpf_table_lookup(ctx, 1, &key); //~ error: `bpf_table_lookup` uses table 1; the program has table 0 alone
   |     ^^^^^^^^^^^^^^^^
   |
   = help: define it in section "bpf_tables"
error[adapt]: `bpf_table_update` uses table -1; the program has table 0 alone
  --> adapt.c:22:2
   |
22 |     bpf_table_update(ctx, -1, &key, &key); //~ error: `bpf_table_update` uses table -1
   |     ^^^^^^^^^^^^^^^^
   |
   = help: define it in section "bpf_tables"
error[adapt]: `bpf_dump_stack` has no counterpart in Linux; programs there call the functions of <bpf/bpf_helpers.h>
  --> adapt.c:23:2
   |
23 |     bpf_dump_stack(ctx); //~ error: `bpf_dump_stack` has no counterpart in Linux
   |     ^^^^^^^^^^^^^^
   |
   = help: Linux records call stacks in a map: write the program for Linux and call `bpf_get_stackid`
error[adapt]: `bpf_memcmp` has no counterpart in Linux; programs there call the functions of <bpf/bpf_helpers.h>
  --> adapt.c:24:6
   |
24 |     if (bpf_memcmp((void *)ctx->arg1, &key, 8)) //~ error: `bpf_memcmp` has no counterpart in Linux
   |         ^^^^^^^^^^
   |
   = help: fetch the bytes, eight at a time with `bpf_fetch_u64`, and compare them in the program
error[adapt]: `all` reads `ret` of its context; a tracepoint has no result
  --> adapt.c:25:10
   |
25 |         return ctx->ret; //~ error: `all` reads `ret` of its context; a tracepoint has no result
   |                ^^^
   |
   = help: use what the tracepoint is given: `arg1` to `arg6`
error[adapt]: `tables` is used as data; in Linux the definition of a table is not there when the program runs
  --> adapt.c:26:9
   |
26 |     return tables[0].max_entries; //~ error: `tables` is used as data
   |            ^^^^^^
   |
   = help: call `bpf_table_lookup` or `bpf_table_update` with the table's number
error[adapt]: section `events/skb` does not say which event of Linux `no_event` is for
  --> adapt.c:30:5
   |
30 | int no_event(struct bpf_context *ctx) //~ error: section `events/skb` does not say which event of Linux `no_event` is for
   |     ^^^^^^^^
   |
   = help: name the system and the event: `SECTION("events/skb/kfree_skb")`
*/
