/* Probes that programs contain (USDT). The loader, libbpf 0.8 to 1.6, fills two maps with where the arguments of each are;
 * names and layout are those it looks for. */
#pragma once

#include <errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifndef BPF_USDT_MAX_SPEC_CNT
#define BPF_USDT_MAX_SPEC_CNT 256
#endif

#ifndef BPF_USDT_MAX_IP_CNT
#define BPF_USDT_MAX_IP_CNT (4 * BPF_USDT_MAX_SPEC_CNT)
#endif

#define BPF_USDT_MAX_ARG_CNT 12

/* An argument is a constant, a register, or memory behind a register. */
enum __bpf_usdt_arg_type {
	BPF_USDT_ARG_CONST,
	BPF_USDT_ARG_REG,
	BPF_USDT_ARG_REG_DEREF,
};

struct __bpf_usdt_arg_spec {
	__u64 val_off;
	enum __bpf_usdt_arg_type arg_type;
	short reg_off;
	_Bool arg_signed;
	char arg_bitshift;
};

struct __bpf_usdt_spec {
	struct __bpf_usdt_arg_spec args[BPF_USDT_MAX_ARG_CNT];
	__u64 usdt_cookie;
	short arg_cnt;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPF_USDT_MAX_SPEC_CNT);
	__type(key, int);
	__type(value, struct __bpf_usdt_spec);
} __bpf_usdt_specs SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BPF_USDT_MAX_IP_CNT);
	__type(key, long);
	__type(value, __u32);
} __bpf_usdt_ip_to_spec_id SEC(".maps") __weak;

extern const _Bool LINUX_HAS_BPF_COOKIE __kconfig;

/* What is known of the probe that was hit: by the number it was attached with, by its address in older kernels. */
static __always_inline struct __bpf_usdt_spec *___bpf_usdt_spec(struct pt_regs *ctx)
{
	long ip = PT_REGS_IP(ctx);
	int id;
	if (LINUX_HAS_BPF_COOKIE) {
		id = bpf_get_attach_cookie(ctx);
	} else {
		int *found = bpf_map_lookup_elem(&__bpf_usdt_ip_to_spec_id, &ip);
		if (!found)
			return NULL;
		id = *found;
	}
	return bpf_map_lookup_elem(&__bpf_usdt_specs, &id);
}

/* How many arguments the probe has. */
__weak __hidden int bpf_usdt_arg_cnt(struct pt_regs *ctx)
{
	struct __bpf_usdt_spec *spec = ___bpf_usdt_spec(ctx);
	return spec ? spec->arg_cnt : -ESRCH;
}

/* The number that the user attached the program with. */
__weak __hidden long bpf_usdt_cookie(struct pt_regs *ctx)
{
	struct __bpf_usdt_spec *spec = ___bpf_usdt_spec(ctx);
	return spec ? spec->usdt_cookie : 0;
}

/* An argument, counted from zero, or NULL. */
static __always_inline struct __bpf_usdt_arg_spec *___bpf_usdt_arg_spec(struct __bpf_usdt_spec *spec, __u64 number)
{
	if (number >= BPF_USDT_MAX_ARG_CNT)
		return NULL;
	barrier_var(number);
	return number < spec->arg_cnt ? &spec->args[number] : NULL;
}

/* The size of an argument in bytes. */
static __always_inline int bpf_usdt_arg_size(struct pt_regs *ctx, __u64 arg_num)
{
	struct __bpf_usdt_spec *spec = ___bpf_usdt_spec(ctx);
	if (!spec)
		return -ESRCH;
	struct __bpf_usdt_arg_spec *arg = ___bpf_usdt_arg_spec(spec, arg_num);
	return arg ? (unsigned int)(64 - arg->arg_bitshift) / 8 : -ENOENT;
}

/* Puts the value of an argument into *res. */
__weak __hidden int bpf_usdt_arg(struct pt_regs *ctx, __u64 arg_num, long *res)
{
	*res = 0;
	struct __bpf_usdt_spec *spec = ___bpf_usdt_spec(ctx);
	if (!spec)
		return -ESRCH;
	struct __bpf_usdt_arg_spec *arg = ___bpf_usdt_arg_spec(spec, arg_num);
	if (!arg)
		return -ENOENT;
	unsigned long value = arg->val_off;
	if (arg->arg_type > BPF_USDT_ARG_REG_DEREF)
		return -EINVAL;
	if (arg->arg_type != BPF_USDT_ARG_CONST) {
		int error = bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx + arg->reg_off);
		if (error)
			return error;
	}
	if (arg->arg_type == BPF_USDT_ARG_REG_DEREF) {
		int error = bpf_probe_read_user(&value, sizeof(value), (void *)value + arg->val_off);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		/* A small argument is the first bytes of what was read. */
		value >>= arg->arg_bitshift;
#endif
		if (error)
			return error;
	}
	value <<= arg->arg_bitshift;
	*res = arg->arg_signed ? (long)value >> arg->arg_bitshift : (long)(value >> arg->arg_bitshift);
	return 0;
}

#define ___bpf_from_probe(n) \
	({ \
		long ___value; \
		bpf_usdt_arg(ctx, n - 1, &___value); \
		___value; \
	})

#define BPF_USDT(name, args...) \
	___bpf_program(name, struct pt_regs *ctx, return ____##name(ctx ___bpf_values(___bpf_from_probe, ##args)), ##args)
