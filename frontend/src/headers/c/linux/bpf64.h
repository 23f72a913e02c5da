
/* A table of the program: table n is element n of the array in section "bpf_tables". */
struct bpf_table {
	u32 type;
	u32 key_size;
	u32 elem_size;
	u32 max_entries;
	u32 param1;
};

enum bpf_table_type {
	BPF_TABLE_UNSPEC,
	BPF_TABLE_HASH,
	BPF_TABLE_LPM,
};

/* The section of a function names the event it is attached to: "events/skb/kfree_skb". */
#define SECTION(name) __attribute__((section(name), used))

#ifndef NULL
#define NULL ((void *)0)
#endif

