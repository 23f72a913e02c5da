/* What programs in the style of libbpf expect of <bpf/bpf_helpers.h>. */
#pragma once

#include <linux/types.h>
#include <bpf/bpf_helper_defs.h>

/* The section decides what a function or variable is: the type of a program, a map, the licence. */
#define SEC(name) __attribute__((section(name), used))

/* Map definitions say everything in types, for the loader to read from BTF: a number is the bound of an array. */
#define __uint(name, value) int (*name)[value]
#define __type(name, value) typeof(value) *name
#define __array(name, value) typeof(value) *name[]
#define __ulong(name, value) enum { ___bpf_concat(__unique_value, __COUNTER__) = value } name

/* Joined after expansion; a macro by the number of its arguments, up to twelve. */
#define ___bpf_concat(a, b) ___bpf_concat_expanded(a, b)
#define ___bpf_concat_expanded(a, b) a##b
#define ___bpf_apply(macro, count) ___bpf_concat(macro, count)
#define ___bpf_nth(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, n, ...) n
#define ___bpf_narg(...) ___bpf_nth(_, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)

/* As most programs define them, which then may do so again. */
#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#endif

#ifndef unlikely
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))

#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __hidden
#define __hidden __attribute__((visibility("hidden")))
#endif

/* Symbols that the loader finds in the kernel's configuration and in the kernel itself. */
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))

/* A symbol need not be there if it is weak; then its address is NULL. */
#define bpf_ksym_exists(symbol) \
	({ \
		_Static_assert(!__builtin_constant_p(!!symbol), #symbol " is not declared __weak"); \
		!!symbol; \
	})

/* What pointers in map values and arguments of global functions are to the verifier. */
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __uptr __attribute__((btf_type_tag("uptr")))

#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull __attribute__((btf_decl_tag("arg:nonnull")))
#define __arg_nullable __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_trusted __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_untrusted __attribute__((btf_decl_tag("arg:untrusted")))
#define __arg_arena __attribute__((btf_decl_tag("arg:arena")))

enum libbpf_tristate {
	TRI_NO = 0,
	TRI_YES = 1,
	TRI_MODULE = 2,
};

enum libbpf_pin_type {
	LIBBPF_PIN_NONE,
	LIBBPF_PIN_BY_NAME,
};

#ifndef NULL
#define NULL ((void *)0)
#endif

#ifndef offsetof
#define offsetof(type, member) ((unsigned long)&((type *)0)->member)
#endif

#ifndef container_of
#define container_of(pointer, type, member) \
	({ void *__member = (void *)(pointer); (type *)(__member - offsetof(type, member)); })
#endif

#ifndef barrier
#define barrier() asm volatile("" ::: "memory")
#endif

#ifndef barrier_var
#define barrier_var(variable) asm volatile("" : "+r"(variable))
#endif

#ifndef __bpf_unreachable
#define __bpf_unreachable() __builtin_trap()
#endif

/* A jump into another program whose place in the table is known. The kernel makes it a direct one if map and index reach
 * the call by one path only, so the call is written out. */
static __always_inline void bpf_tail_call_static(void *ctx, const void *map, const __u32 slot)
{
	asm volatile("r1 = %[ctx]\n"
		     "r2 = %[map]\n"
		     "r3 = %[slot]\n"
		     "call 12"
		     :
		     : [ctx] "r"(ctx), [map] "r"(map), [slot] "i"(slot)
		     : "r0", "r1", "r2", "r3", "r4", "r5");
}

/* array[0] = first; array[1] = second; … */
#define ___bpf_fill0(array, n)
#define ___bpf_fill1(array, n, value) array[n] = value
#define ___bpf_fill2(array, n, value, rest...) array[n] = value; ___bpf_fill1(array, n + 1, rest)
#define ___bpf_fill3(array, n, value, rest...) array[n] = value; ___bpf_fill2(array, n + 1, rest)
#define ___bpf_fill4(array, n, value, rest...) array[n] = value; ___bpf_fill3(array, n + 1, rest)
#define ___bpf_fill5(array, n, value, rest...) array[n] = value; ___bpf_fill4(array, n + 1, rest)
#define ___bpf_fill6(array, n, value, rest...) array[n] = value; ___bpf_fill5(array, n + 1, rest)
#define ___bpf_fill7(array, n, value, rest...) array[n] = value; ___bpf_fill6(array, n + 1, rest)
#define ___bpf_fill8(array, n, value, rest...) array[n] = value; ___bpf_fill7(array, n + 1, rest)
#define ___bpf_fill9(array, n, value, rest...) array[n] = value; ___bpf_fill8(array, n + 1, rest)
#define ___bpf_fill10(array, n, value, rest...) array[n] = value; ___bpf_fill9(array, n + 1, rest)
#define ___bpf_fill11(array, n, value, rest...) array[n] = value; ___bpf_fill10(array, n + 1, rest)
#define ___bpf_fill12(array, n, value, rest...) array[n] = value; ___bpf_fill11(array, n + 1, rest)
#define ___bpf_fill(array, args...) ___bpf_apply(___bpf_fill, ___bpf_narg(args))(array, 0, ##args)

/* Calls a function with a format and the values for it as an array of 64-bit numbers, here named. */
#define ___bpf_with_values(call, fmt, args...) \
	({ \
		static const char ___fmt[] = fmt; \
		unsigned long long ___param[___bpf_narg(args)]; \
		_Pragma("GCC diagnostic push") \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
		___bpf_fill(___param, ##args); \
		_Pragma("GCC diagnostic pop") \
		call; \
	})

#define BPF_SEQ_PRINTF(seq, fmt, args...) \
	___bpf_with_values(bpf_seq_printf(seq, ___fmt, sizeof(___fmt), ___param, sizeof(___param)), fmt, ##args)

#define BPF_SNPRINTF(out, out_size, fmt, args...) \
	___bpf_with_values(bpf_snprintf(out, out_size, ___fmt, ___param, sizeof(___param)), fmt, ##args)

extern int bpf_stream_vprintk(int stream_id, const char *fmt__str, const void *args, __u32 len__sz, void *aux__prog)
	__weak __ksym;

#define bpf_stream_printk(stream_id, fmt, args...) \
	___bpf_with_values(bpf_stream_vprintk(stream_id, ___fmt, ___param, sizeof(___param), NULL), fmt, ##args)

/* Writes a line to the kernel's trace. The older function has registers for three values. */
#ifdef BPF_NO_GLOBAL_DATA
#define BPF_PRINTK_FMT_MOD
#else
#define BPF_PRINTK_FMT_MOD static const
#endif

#define __bpf_printk(fmt, args...) \
	({ \
		BPF_PRINTK_FMT_MOD char ____fmt[] = fmt; \
		bpf_trace_printk(____fmt, sizeof(____fmt), ##args); \
	})

#define __bpf_vprintk(fmt, args...) \
	___bpf_with_values(bpf_trace_vprintk(___fmt, sizeof(___fmt), ___param, sizeof(___param)), fmt, ##args)

#define ___bpf_pick_printk(args...) \
	___bpf_nth(_, ##args, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, \
		   __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_printk, __bpf_printk, __bpf_printk, __bpf_printk)
#define bpf_printk(fmt, args...) ___bpf_pick_printk(args)(fmt, ##args)

/* Loops over iterators of the kernel, which knows that they end. */
struct bpf_iter_num;

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;

/* The first clause of the loop: an iterator that is made, and destroyed however the loop is left. */
#define ___bpf_iterator(type, args...) \
	struct bpf_iter_##type ___it __attribute__((aligned(8), cleanup(bpf_iter_##type##_destroy))), \
		*___made __attribute__((unused)) = (bpf_iter_##type##_new(&___it, ##args), (void *)0)

#ifndef bpf_for_each
#define bpf_for_each(type, current, args...) \
	for (___bpf_iterator(type, ##args); (((current) = bpf_iter_##type##_next(&___it)));)
#endif

/* The comparison tells the verifier what the number is between. */
#ifndef bpf_for
#define bpf_for(i, start, end) \
	for (___bpf_iterator(num, (start), (end)); ({ \
		     int *___next = bpf_iter_num_next(&___it); \
		     ___next && ((i) = *___next, (i) >= (start) && (i) < (end)); \
	     });)
#endif

#ifndef bpf_repeat
#define bpf_repeat(times) for (___bpf_iterator(num, 0, (times)); bpf_iter_num_next(&___it);)
#endif
