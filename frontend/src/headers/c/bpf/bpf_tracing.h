/* Programs for tracing whose parameters have names and types, instead of one context: BPF_PROG(name, int a, char *b) { … }. */
#pragma once

#include <bpf/bpf_helpers.h>

/* The machine: registers of parameters, of those of system calls, and of a function's frame, by the kernel's names if
 * vmlinux.h gives the structure. */
#if defined(__TARGET_ARCH_arm64)
#define bpf_target_arm64
#elif defined(__TARGET_ARCH_riscv)
#define bpf_target_riscv
#elif defined(__TARGET_ARCH_s390)
#define bpf_target_s390
#elif defined(__TARGET_ARCH_arm)
#define bpf_target_arm
#elif defined(__TARGET_ARCH_powerpc)
#define bpf_target_powerpc
#elif defined(__TARGET_ARCH_mips)
#define bpf_target_mips
#elif defined(__TARGET_ARCH_loongarch)
#define bpf_target_loongarch
#else
#define bpf_target_x86
#endif

struct pt_regs;

#if defined(bpf_target_x86)
#define __PT_REGS_CAST(x) ((const struct pt_regs *)(x))
#if defined(__KERNEL__) || defined(__VMLINUX_H__)
#define __PT_PARM1_REG di
#define __PT_PARM2_REG si
#define __PT_PARM3_REG dx
#define __PT_PARM4_REG cx
#define __PT_RET_REG sp
#define __PT_FP_REG bp
#define __PT_RC_REG ax
#define __PT_SP_REG sp
#define __PT_IP_REG ip
#else
#define __PT_PARM1_REG rdi
#define __PT_PARM2_REG rsi
#define __PT_PARM3_REG rdx
#define __PT_PARM4_REG rcx
#define __PT_RET_REG rsp
#define __PT_FP_REG rbp
#define __PT_RC_REG rax
#define __PT_SP_REG rsp
#define __PT_IP_REG rip
#endif
#define __PT_PARM5_REG r8
#define __PT_PARM6_REG r9
#define __PT_PARM4_SYSCALL_REG r10
#elif defined(bpf_target_arm64)
/* The first argument of a system call is overwritten by its result; the kernel keeps it behind what users see. */
struct pt_regs___arm64 {
	unsigned long orig_x0;
} __attribute__((preserve_access_index));

#define __PT_REGS_CAST(x) ((const struct user_pt_regs *)(x))
#define __PT_PARM1_REG regs[0]
#define __PT_PARM2_REG regs[1]
#define __PT_PARM3_REG regs[2]
#define __PT_PARM4_REG regs[3]
#define __PT_PARM5_REG regs[4]
#define __PT_PARM6_REG regs[5]
#define __PT_PARM7_REG regs[6]
#define __PT_PARM8_REG regs[7]
#define __PT_RET_REG regs[30]
#define __PT_FP_REG regs[29]
#define __PT_RC_REG regs[0]
#define __PT_SP_REG sp
#define __PT_IP_REG pc
#define __PT_PARM1_SYSCALL_REG orig_x0
#define PT_REGS_PARM1_SYSCALL(x) (((const struct pt_regs___arm64 *)(x))->orig_x0)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs___arm64 *)(x), orig_x0)
#elif defined(bpf_target_riscv)
/* The first argument of a system call is overwritten by its result; the kernel keeps it behind what users see. */
struct pt_regs___riscv {
	unsigned long orig_a0;
} __attribute__((preserve_access_index));

#define __PT_REGS_CAST(x) ((const struct user_regs_struct *)(x))
#define __PT_PARM1_REG a0
#define __PT_PARM2_REG a1
#define __PT_PARM3_REG a2
#define __PT_PARM4_REG a3
#define __PT_PARM5_REG a4
#define __PT_PARM6_REG a5
#define __PT_PARM7_REG a6
#define __PT_PARM8_REG a7
#define __PT_RET_REG ra
#define __PT_FP_REG s0
#define __PT_RC_REG a0
#define __PT_SP_REG sp
#define __PT_IP_REG pc
#define __PT_PARM1_SYSCALL_REG orig_a0
#define PT_REGS_PARM1_SYSCALL(x) (((const struct pt_regs___riscv *)(x))->orig_a0)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs___riscv *)(x), orig_a0)
#elif defined(bpf_target_s390)
/* The first argument of a system call is overwritten by its result; the kernel keeps it behind what users see. */
struct pt_regs___s390 {
	unsigned long orig_gpr2;
} __attribute__((preserve_access_index));

#define __PT_REGS_CAST(x) ((const user_pt_regs *)(x))
#define __PT_PARM1_REG gprs[2]
#define __PT_PARM2_REG gprs[3]
#define __PT_PARM3_REG gprs[4]
#define __PT_PARM4_REG gprs[5]
#define __PT_PARM5_REG gprs[6]
#define __PT_RET_REG gprs[14]
#define __PT_FP_REG gprs[11]
#define __PT_RC_REG gprs[2]
#define __PT_SP_REG gprs[15]
#define __PT_IP_REG psw.addr
#define __PT_PARM1_SYSCALL_REG orig_gpr2
#define __PT_PARM6_SYSCALL_REG gprs[7]
#define PT_REGS_PARM1_SYSCALL(x) (((const struct pt_regs___s390 *)(x))->orig_gpr2)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs___s390 *)(x), orig_gpr2)
#elif defined(bpf_target_arm)
#define __PT_REGS_CAST(x) ((const struct pt_regs *)(x))
#define __PT_PARM1_REG uregs[0]
#define __PT_PARM2_REG uregs[1]
#define __PT_PARM3_REG uregs[2]
#define __PT_PARM4_REG uregs[3]
#define __PT_PARM5_SYSCALL_REG uregs[4]
#define __PT_PARM6_SYSCALL_REG uregs[5]
#define __PT_PARM7_SYSCALL_REG uregs[6]
#define __PT_RET_REG uregs[14]
#define __PT_FP_REG uregs[11]
#define __PT_RC_REG uregs[0]
#define __PT_SP_REG uregs[13]
#define __PT_IP_REG uregs[12]
#elif defined(bpf_target_powerpc)
#define __PT_REGS_CAST(x) ((const struct pt_regs *)(x))
#define __PT_PARM1_REG gpr[3]
#define __PT_PARM2_REG gpr[4]
#define __PT_PARM3_REG gpr[5]
#define __PT_PARM4_REG gpr[6]
#define __PT_PARM5_REG gpr[7]
#define __PT_PARM6_REG gpr[8]
#define __PT_PARM7_REG gpr[9]
#define __PT_PARM8_REG gpr[10]
#define __PT_PARM1_SYSCALL_REG orig_gpr3
#define __PT_RET_REG regs[31]
#define __PT_FP_REG __unsupported__
#define __PT_RC_REG gpr[3]
#define __PT_SP_REG sp
#define __PT_IP_REG nip
#elif defined(bpf_target_mips)
#define __PT_REGS_CAST(x) ((const struct pt_regs *)(x))
#define __PT_PARM1_REG regs[4]
#define __PT_PARM2_REG regs[5]
#define __PT_PARM3_REG regs[6]
#define __PT_PARM4_REG regs[7]
#define __PT_PARM5_REG regs[8]
#define __PT_PARM6_REG regs[9]
#define __PT_PARM7_REG regs[10]
#define __PT_PARM8_REG regs[11]
#define __PT_RET_REG regs[31]
#define __PT_FP_REG regs[30]
#define __PT_RC_REG regs[2]
#define __PT_SP_REG regs[29]
#define __PT_IP_REG cp0_epc
#elif defined(bpf_target_loongarch)
#define __PT_REGS_CAST(x) ((const struct user_pt_regs *)(x))
#define __PT_PARM1_REG regs[4]
#define __PT_PARM2_REG regs[5]
#define __PT_PARM3_REG regs[6]
#define __PT_PARM4_REG regs[7]
#define __PT_PARM5_REG regs[8]
#define __PT_PARM6_REG regs[9]
#define __PT_PARM7_REG regs[10]
#define __PT_PARM8_REG regs[11]
#define __PT_RET_REG regs[1]
#define __PT_FP_REG regs[22]
#define __PT_RC_REG regs[4]
#define __PT_SP_REG regs[3]
#define __PT_IP_REG csr_era
#endif

/* Beyond these, parameters lie on the stack. */
#ifndef __PT_PARM5_REG
#define __PT_PARM5_REG __unsupported__
#endif
#ifndef __PT_PARM6_REG
#define __PT_PARM6_REG __unsupported__
#endif
#ifndef __PT_PARM7_REG
#define __PT_PARM7_REG __unsupported__
#endif
#ifndef __PT_PARM8_REG
#define __PT_PARM8_REG __unsupported__
#endif

/* System calls take theirs in the same registers, but where a machine says otherwise. */
#ifndef __PT_PARM1_SYSCALL_REG
#define __PT_PARM1_SYSCALL_REG __PT_PARM1_REG
#endif
#ifndef __PT_PARM2_SYSCALL_REG
#define __PT_PARM2_SYSCALL_REG __PT_PARM2_REG
#endif
#ifndef __PT_PARM3_SYSCALL_REG
#define __PT_PARM3_SYSCALL_REG __PT_PARM3_REG
#endif
#ifndef __PT_PARM4_SYSCALL_REG
#define __PT_PARM4_SYSCALL_REG __PT_PARM4_REG
#endif
#ifndef __PT_PARM5_SYSCALL_REG
#define __PT_PARM5_SYSCALL_REG __PT_PARM5_REG
#endif
#ifndef __PT_PARM6_SYSCALL_REG
#define __PT_PARM6_SYSCALL_REG __PT_PARM6_REG
#endif
#ifndef __PT_PARM7_SYSCALL_REG
#define __PT_PARM7_SYSCALL_REG __unsupported__
#endif

/* …_CORE reads registers of another context, with <bpf/bpf_core_read.h>. */
#define PT_REGS_PARM1(x) (__PT_REGS_CAST(x)->__PT_PARM1_REG)
#define PT_REGS_PARM2(x) (__PT_REGS_CAST(x)->__PT_PARM2_REG)
#define PT_REGS_PARM3(x) (__PT_REGS_CAST(x)->__PT_PARM3_REG)
#define PT_REGS_PARM4(x) (__PT_REGS_CAST(x)->__PT_PARM4_REG)
#define PT_REGS_PARM5(x) (__PT_REGS_CAST(x)->__PT_PARM5_REG)
#define PT_REGS_PARM6(x) (__PT_REGS_CAST(x)->__PT_PARM6_REG)
#define PT_REGS_PARM7(x) (__PT_REGS_CAST(x)->__PT_PARM7_REG)
#define PT_REGS_PARM8(x) (__PT_REGS_CAST(x)->__PT_PARM8_REG)
#define PT_REGS_RET(x) (__PT_REGS_CAST(x)->__PT_RET_REG)
#define PT_REGS_FP(x) (__PT_REGS_CAST(x)->__PT_FP_REG)
#define PT_REGS_RC(x) (__PT_REGS_CAST(x)->__PT_RC_REG)
#define PT_REGS_SP(x) (__PT_REGS_CAST(x)->__PT_SP_REG)
#define PT_REGS_IP(x) (__PT_REGS_CAST(x)->__PT_IP_REG)
#define PT_REGS_PARM1_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM1_REG)
#define PT_REGS_PARM2_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM2_REG)
#define PT_REGS_PARM3_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM3_REG)
#define PT_REGS_PARM4_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM4_REG)
#define PT_REGS_PARM5_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM5_REG)
#define PT_REGS_PARM6_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM6_REG)
#define PT_REGS_PARM7_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM7_REG)
#define PT_REGS_PARM8_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM8_REG)
#define PT_REGS_RET_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RET_REG)
#define PT_REGS_FP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_FP_REG)
#define PT_REGS_RC_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RC_REG)
#define PT_REGS_SP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_SP_REG)
#define PT_REGS_IP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_IP_REG)

#ifndef PT_REGS_PARM1_SYSCALL
#define PT_REGS_PARM1_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM1_SYSCALL_REG)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM1_SYSCALL_REG)
#endif
#define PT_REGS_PARM2_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM2_SYSCALL_REG)
#define PT_REGS_PARM2_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM2_SYSCALL_REG)
#define PT_REGS_PARM3_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM3_SYSCALL_REG)
#define PT_REGS_PARM3_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM3_SYSCALL_REG)
#define PT_REGS_PARM4_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM4_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM5_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM5_SYSCALL_REG)
#define PT_REGS_PARM5_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM5_SYSCALL_REG)
#define PT_REGS_PARM6_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM6_SYSCALL_REG)
#define PT_REGS_PARM6_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM6_SYSCALL_REG)
#define PT_REGS_PARM7_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM7_SYSCALL_REG)
#define PT_REGS_PARM7_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM7_SYSCALL_REG)

/* Where a system call's registers are: with a wrapper around it (ARCH_HAS_SYSCALL_WRAPPER) they are its argument. */
#if defined(bpf_target_arm) || defined(bpf_target_powerpc) || defined(bpf_target_mips) || defined(bpf_target_loongarch)
#define PT_REGS_SYSCALL_REGS(ctx) ctx
#else
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))
#endif

/* Where a function returns to: in a register, or on the stack below the frame's pointer. */
#if defined(bpf_target_powerpc)
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ (ip) = __PT_REGS_CAST(ctx)->link; })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP
#elif defined(bpf_target_arm64)
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ (ip) = PT_REGS_RET(ctx); })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP
#else
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)PT_REGS_RET(ctx)); })
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx) \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })
#endif

/* The program that the kernel calls takes the context; it calls the function that the user wrote. */
#define ___bpf_program(name, context, body, args...) \
	name(context); \
	static __always_inline typeof(name(0)) ____##name(context, ##args); \
	typeof(name(0)) name(context) \
	{ \
		_Pragma("GCC diagnostic push") \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
		body; \
		_Pragma("GCC diagnostic pop") \
	} \
	static __always_inline typeof(name(0)) ____##name(context, ##args)

/* `, value(1), value(2)…`, as many as there are further arguments. */
#define ___bpf_values0(value)
#define ___bpf_values1(value) , value(1)
#define ___bpf_values2(value) ___bpf_values1(value), value(2)
#define ___bpf_values3(value) ___bpf_values2(value), value(3)
#define ___bpf_values4(value) ___bpf_values3(value), value(4)
#define ___bpf_values5(value) ___bpf_values4(value), value(5)
#define ___bpf_values6(value) ___bpf_values5(value), value(6)
#define ___bpf_values7(value) ___bpf_values6(value), value(7)
#define ___bpf_values8(value) ___bpf_values7(value), value(8)
#define ___bpf_values9(value) ___bpf_values8(value), value(9)
#define ___bpf_values10(value) ___bpf_values9(value), value(10)
#define ___bpf_values11(value) ___bpf_values10(value), value(11)
#define ___bpf_values12(value) ___bpf_values11(value), value(12)
#define ___bpf_values(value, args...) ___bpf_apply(___bpf_values, ___bpf_narg(args))(value)

#define ___bpf_from_array(n) ctx[n - 1]
#define ___bpf_from_register(n) (unsigned long long)PT_REGS_PARM##n(ctx)
#define ___bpf_from_result(n) (unsigned long long)PT_REGS_RC(ctx)
#define ___bpf_from_syscall(n) (unsigned long long)PT_REGS_PARM##n##_SYSCALL(regs)
#define ___bpf_from_wrapper(n) (unsigned long long)PT_REGS_PARM##n##_CORE_SYSCALL(regs)

/* Contexts that are arrays of 64-bit numbers: raw and BTF tracepoints, fentry, fexit, LSM, struct_ops. */
#define BPF_PROG(name, args...) \
	___bpf_program(name, unsigned long long *ctx, return ____##name(ctx ___bpf_values(___bpf_from_array, ##args)), ##args)

/* Contexts that are registers. */
#define BPF_KPROBE(name, args...) \
	___bpf_program(name, struct pt_regs *ctx, return ____##name(ctx ___bpf_values(___bpf_from_register, ##args)), ##args)
#define BPF_KRETPROBE(name, args...) \
	___bpf_program(name, struct pt_regs *ctx, return ____##name(ctx ___bpf_values(___bpf_from_result, ##args)), ##args)
#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_URETPROBE(name, args...) BPF_KRETPROBE(name, ##args)

/* System calls: many kernels wrap them in a function whose one parameter points to the registers. */
extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig;

#define BPF_KSYSCALL(name, args...) ___bpf_program(name, struct pt_regs *ctx, ___bpf_syscall(____##name, ##args), ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

#define ___bpf_syscall(function, args...) \
	struct pt_regs *regs = LINUX_HAS_SYSCALL_WRAPPER ? PT_REGS_SYSCALL_REGS(ctx) : ctx; \
	if (LINUX_HAS_SYSCALL_WRAPPER) \
		return function(ctx ___bpf_values(___bpf_from_wrapper, ##args)); \
	return function(ctx ___bpf_values(___bpf_from_syscall, ##args))

/* BPF_PROG2(name, int, a, struct pair, b): structures by value take as many elements of the context as they need. The
 * structure of all parameters says which. */
#define BPF_PROG2(name, args...) \
	name(unsigned long long *ctx); \
	static __always_inline typeof(name(0)) ____##name(unsigned long long *ctx ___bpf_pairs(___bpf_parameter, ##args)); \
	typeof(name(0)) name(unsigned long long *ctx) \
	{ \
		struct ___all { \
			___bpf_pairs(___bpf_member, ##args) \
		}; \
		return ____##name(ctx ___bpf_pairs(___bpf_argument, ##args)); \
	} \
	static __always_inline typeof(name(0)) ____##name(unsigned long long *ctx ___bpf_pairs(___bpf_parameter, ##args))

#define ___bpf_parameter(type, name) , type name
#define ___bpf_member(type, name) type name __attribute__((aligned(8)));
#define ___bpf_argument(type, name) \
	, ({ \
		const int ___first = __builtin_offsetof(struct ___all, name) / 8, ___more = sizeof(type) > 8; \
		union { \
			unsigned long long words[(sizeof(type) + 7) / 8]; \
			type value; \
		} ___u; \
		___u.words[___more] = ctx[___first + ___more]; \
		___u.words[0] = ___bpf_in_front(type, ctx[___first]); \
		___u.value; \
	})

/* The low bytes of an element, which are what it has of a small type, at the start of a word. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___bpf_in_front(type, word) (word)
#else
#define ___bpf_in_front(type, word) ((word) << (sizeof(type) < 8 ? 64 - 8 * sizeof(type) : 0))
#endif

#define ___bpf_nth_pair(_, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7, a8, b8, a9, b9, a10, b10, a11, b11, a12, \
			b12, n, ...) n
#define ___bpf_npairs(...) \
	___bpf_nth_pair(_, ##__VA_ARGS__, 12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0)
#define ___bpf_pairs0(macro)
#define ___bpf_pairs1(macro, type, name) macro(type, name)
#define ___bpf_pairs2(macro, type, name, rest...) macro(type, name) ___bpf_pairs1(macro, rest)
#define ___bpf_pairs3(macro, type, name, rest...) macro(type, name) ___bpf_pairs2(macro, rest)
#define ___bpf_pairs4(macro, type, name, rest...) macro(type, name) ___bpf_pairs3(macro, rest)
#define ___bpf_pairs5(macro, type, name, rest...) macro(type, name) ___bpf_pairs4(macro, rest)
#define ___bpf_pairs6(macro, type, name, rest...) macro(type, name) ___bpf_pairs5(macro, rest)
#define ___bpf_pairs7(macro, type, name, rest...) macro(type, name) ___bpf_pairs6(macro, rest)
#define ___bpf_pairs8(macro, type, name, rest...) macro(type, name) ___bpf_pairs7(macro, rest)
#define ___bpf_pairs9(macro, type, name, rest...) macro(type, name) ___bpf_pairs8(macro, rest)
#define ___bpf_pairs10(macro, type, name, rest...) macro(type, name) ___bpf_pairs9(macro, rest)
#define ___bpf_pairs11(macro, type, name, rest...) macro(type, name) ___bpf_pairs10(macro, rest)
#define ___bpf_pairs12(macro, type, name, rest...) macro(type, name) ___bpf_pairs11(macro, rest)
#define ___bpf_pairs(macro, args...) ___bpf_apply(___bpf_pairs, ___bpf_npairs(args))(macro, ##args)
