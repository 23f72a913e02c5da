/* What the three files share. No other header is needed, so that any compiler for BPF takes them. */
#define SEC(name) __attribute__((section(name), used))
#define __noinline __attribute__((noinline))
#define __weak __attribute__((weak))
#define __hidden __attribute__((visibility("hidden")))

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;

/* What a whole is made of is known to two.c alone. */
struct part;
struct whole {
	struct part *part;
	struct whole *next;
	int weight;
};
