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

#define ___bpf_concat(a, b) ___bpf_concat_expanded(a, b)
#define ___bpf_concat_expanded(a, b) a##b

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

/* Writes a line to the kernel's trace. The call has registers for three values. */
#define bpf_printk(fmt, args...) \
	({ \
		static const char ____fmt[] = fmt; \
		bpf_trace_printk(____fmt, sizeof(____fmt), ##args); \
	})
