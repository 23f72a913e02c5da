// Without options there are few warnings, and headers that come with the compiler give none.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static int idle(int x, unsigned y) { int z; if (x < y); x + 1; }
