// What a kernel lacks that was named is an error where it is needed.
// flags: --kernel=5.4
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, long);
} mapped SEC(".maps");

static long total;

static long each(__u32 i, void *ctx)
{
	total += i;
	return 0;
}

extern void bpf_rcu_read_lock(void) __ksym;

SEC("xdp")
int prog(struct xdp_md *ctx)
{
	int key = 0;
	long *counter = bpf_map_lookup_elem(&mapped, &key); //~ error: flags 0x400 of map `mapped` came with Linux 5.5
	if (!counter)
		return 1;
	bpf_ringbuf_output(&events, counter, 8, 0); //~ error: helper `bpf_ringbuf_output` came with Linux 5.8 //~ error: map `events` of type ringbuf came with Linux 5.8
	bpf_loop(10, each, 0, 0); //~ error: helper `bpf_loop` came with Linux 5.17 //~ error: addresses of functions
	bpf_rcu_read_lock(); //~ error: kernel function `bpf_rcu_read_lock` came with Linux 6.2
	for (int i = 0; i < ctx->rx_queue_index; i++)
		total += i;
	return __sync_fetch_and_add(counter, 1); //~ error: atomics that return the old value
}

SEC("fentry.s/do_exit")
int late(void *ctx)
{
	return 0; //~ error: programs in section `fentry.s/do_exit` came with Linux 5.10
}
/*~ diagnostics
error[kernel]: flags 0x400 of map `mapped` came with Linux 5.5; the program is to load into 5.4
  --> old-kernel.c:33:39
   |
33 |     long *counter = bpf_map_lookup_elem(&mapped, &key); //~ error: flags 0x400 of map `mapped` came with Linux 5.5
   |                                          ^^^^^^
   |
   = help: leave the newest flag out; or give `--kernel=5.5`
error[kernel]: helper `bpf_ringbuf_output` came with Linux 5.8; the program is to load into 5.4
  --> old-kernel.c:36:2
   |
36 |     bpf_ringbuf_output(&events, counter, 8, 0); //~ error: helper `bpf_ringbuf_output` came with Linux 5.8 //~ error: map `events` o...
   |     ^^^^^^^^^^^^^^^^^^
   |
   = help: use an older helper; or give `--kernel=5.8`
error[kernel]: map `events` of type ringbuf came with Linux 5.8; the program is to load into 5.4
  --> old-kernel.c:36:22
   |
36 |     bpf_ringbuf_output(&events, counter, 8, 0); //~ error: helper `bpf_ringbuf_output` came with Linux 5.8 //~ error: map `events` o...
   |                         ^^^^^^
   |
   = help: use an older type of map; or give `--kernel=5.8`
error[kernel]: helper `bpf_loop` came with Linux 5.17; the program is to load into 5.4
  --> old-kernel.c:37:2
   |
37 |     bpf_loop(10, each, 0, 0); //~ error: helper `bpf_loop` came with Linux 5.17 //~ error: addresses of functions
   |     ^^^^^^^^
   |
   = help: use an older helper; or give `--kernel=5.17`
error[kernel]: addresses of functions, for callbacks came with Linux 5.13; the program is to load into 5.4
  --> old-kernel.c:37:2
   |
37 |     bpf_loop(10, each, 0, 0); //~ error: helper `bpf_loop` came with Linux 5.17 //~ error: addresses of functions
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: write a loop instead of the callback; or give `--kernel=5.13`
error[kernel]: kernel function `bpf_rcu_read_lock` came with Linux 6.2; the program is to load into 5.4
  --> old-kernel.c:38:2
   |
38 |     bpf_rcu_read_lock(); //~ error: kernel function `bpf_rcu_read_lock` came with Linux 6.2
   |     ^^^^^^^^^^^^^^^^^
   |
   = help: use an older helper; or give `--kernel=6.2`
error[kernel]: atomics that return the old value or do more than add came with Linux 5.12; the program is to load into 5.4
  --> old-kernel.c:41:2
   |
41 |     return __sync_fetch_and_add(counter, 1); //~ error: atomics that return the old value
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: use `__sync_fetch_and_add` without its result, or a `bpf_spin_lock`; or give `--kernel=5.12`
error[kernel]: programs in section `fentry.s/do_exit` came with Linux 5.10; the program is to load into 5.4
  --> old-kernel.c:47:2
   |
47 |     return 0; //~ error: programs in section `fentry.s/do_exit` came with Linux 5.10
   |     ^^^^^^^^^
   |
   = help: attach the program in an older way; or give `--kernel=5.10`
*/
