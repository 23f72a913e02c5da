/* Reading structures of the kernel whatever their layout is there: the compiler notes which members are meant, and the
 * loader puts in where the running kernel has them. */
#pragma once

#include <bpf/bpf_helpers.h>

/* What the compiler's questions are about. */
enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET = 0,
	BPF_FIELD_BYTE_SIZE = 1,
	BPF_FIELD_EXISTS = 2,
	BPF_FIELD_SIGNED = 3,
	BPF_FIELD_LSHIFT_U64 = 4,
	BPF_FIELD_RSHIFT_U64 = 5,
};

enum bpf_type_id_kind {
	BPF_TYPE_ID_LOCAL = 0,
	BPF_TYPE_ID_TARGET = 1,
};

enum bpf_type_info_kind {
	BPF_TYPE_EXISTS = 0,
	BPF_TYPE_SIZE = 1,
	BPF_TYPE_MATCHES = 2,
};

enum bpf_enum_value_kind {
	BPF_ENUMVAL_EXISTS = 0,
	BPF_ENUMVAL_VALUE = 1,
};

/* A member is given as an expression or as a type and a name. */
#define ___bpf_typeof(type) ((typeof(type) *)0)
#define ___bpf_field_ref1(field) (field)
#define ___bpf_field_ref2(type, field) (___bpf_typeof(type)->field)
#define ___bpf_field_ref(args...) ___bpf_apply(___bpf_field_ref, ___bpf_narg(args))(args)

#define bpf_core_field_exists(field...) __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_EXISTS)
#define bpf_core_field_size(field...) __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(field...) __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_BYTE_OFFSET)

#define bpf_core_type_id_local(type) __builtin_btf_type_id(*___bpf_typeof(type), BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*___bpf_typeof(type), BPF_TYPE_ID_TARGET)
#define bpf_core_type_exists(type) __builtin_preserve_type_info(*___bpf_typeof(type), BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type) __builtin_preserve_type_info(*___bpf_typeof(type), BPF_TYPE_MATCHES)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*___bpf_typeof(type), BPF_TYPE_SIZE)

#define bpf_core_enum_value_exists(type, value) \
	__builtin_preserve_enum_value(*(typeof(type) *)value, BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(type, value) __builtin_preserve_enum_value(*(typeof(type) *)value, BPF_ENUMVAL_VALUE)

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

#define bpf_core_cast(pointer, type) ((typeof(type) *)bpf_rdonly_cast((pointer), bpf_core_type_id_kernel(type)))

/* Copies of one object. */
#define bpf_core_read(to, size, from) \
	bpf_probe_read_kernel(to, size, (const void *)__builtin_preserve_access_index(from))
#define bpf_core_read_user(to, size, from) \
	bpf_probe_read_user(to, size, (const void *)__builtin_preserve_access_index(from))
#define bpf_core_read_str(to, size, from) \
	bpf_probe_read_kernel_str(to, size, (const void *)__builtin_preserve_access_index(from))
#define bpf_core_read_user_str(to, size, from) \
	bpf_probe_read_user_str(to, size, (const void *)__builtin_preserve_access_index(from))

/* from->a->b->c: all pointers but the last member are read by `read` into variables, the last by `last` to `to`. */
#define ___bpf_path1(read, last, to, from, a) last((void *)(to), sizeof(*(to)), &(from)->a)
#define ___bpf_path2(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p2; \
		read((void *)&___p2, sizeof(___p2), &(from)->a); \
		___bpf_path1(read, last, to, ___p2, rest); \
	})
#define ___bpf_path3(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p3; \
		read((void *)&___p3, sizeof(___p3), &(from)->a); \
		___bpf_path2(read, last, to, ___p3, rest); \
	})
#define ___bpf_path4(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p4; \
		read((void *)&___p4, sizeof(___p4), &(from)->a); \
		___bpf_path3(read, last, to, ___p4, rest); \
	})
#define ___bpf_path5(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p5; \
		read((void *)&___p5, sizeof(___p5), &(from)->a); \
		___bpf_path4(read, last, to, ___p5, rest); \
	})
#define ___bpf_path6(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p6; \
		read((void *)&___p6, sizeof(___p6), &(from)->a); \
		___bpf_path5(read, last, to, ___p6, rest); \
	})
#define ___bpf_path7(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p7; \
		read((void *)&___p7, sizeof(___p7), &(from)->a); \
		___bpf_path6(read, last, to, ___p7, rest); \
	})
#define ___bpf_path8(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p8; \
		read((void *)&___p8, sizeof(___p8), &(from)->a); \
		___bpf_path7(read, last, to, ___p8, rest); \
	})
#define ___bpf_path9(read, last, to, from, a, rest...) \
	({ \
		__typeof_unqual__((from)->a) ___p9; \
		read((void *)&___p9, sizeof(___p9), &(from)->a); \
		___bpf_path8(read, last, to, ___p9, rest); \
	})
#define ___bpf_path(read, last, to, from, path...) \
	___bpf_apply(___bpf_path, ___bpf_narg(path))(read, last, to, from, path)

#define BPF_CORE_READ_INTO(to, from, path...) ___bpf_path(bpf_core_read, bpf_core_read, to, from, path)
#define BPF_CORE_READ_USER_INTO(to, from, path...) ___bpf_path(bpf_core_read_user, bpf_core_read_user, to, from, path)
#define BPF_CORE_READ_STR_INTO(to, from, path...) ___bpf_path(bpf_core_read, bpf_core_read_str, to, from, path)
#define BPF_CORE_READ_USER_STR_INTO(to, from, path...) \
	___bpf_path(bpf_core_read_user, bpf_core_read_user_str, to, from, path)

/* The same where the layout is known. */
#define BPF_PROBE_READ_INTO(to, from, path...) \
	___bpf_path(bpf_probe_read_kernel, bpf_probe_read_kernel, to, from, path)
#define BPF_PROBE_READ_USER_INTO(to, from, path...) \
	___bpf_path(bpf_probe_read_user, bpf_probe_read_user, to, from, path)
#define BPF_PROBE_READ_STR_INTO(to, from, path...) \
	___bpf_path(bpf_probe_read_kernel, bpf_probe_read_kernel_str, to, from, path)
#define BPF_PROBE_READ_USER_STR_INTO(to, from, path...) \
	___bpf_path(bpf_probe_read_user, bpf_probe_read_user_str, to, from, path)

/* The type of what stands at the end of a path. */
#define ___bpf_arrow2(from, a) (from)->a
#define ___bpf_arrow3(from, a, path...) ___bpf_arrow2((from)->a, path)
#define ___bpf_arrow4(from, a, path...) ___bpf_arrow3((from)->a, path)
#define ___bpf_arrow5(from, a, path...) ___bpf_arrow4((from)->a, path)
#define ___bpf_arrow6(from, a, path...) ___bpf_arrow5((from)->a, path)
#define ___bpf_arrow7(from, a, path...) ___bpf_arrow6((from)->a, path)
#define ___bpf_arrow8(from, a, path...) ___bpf_arrow7((from)->a, path)
#define ___bpf_arrow9(from, a, path...) ___bpf_arrow8((from)->a, path)
#define ___bpf_arrow10(from, a, path...) ___bpf_arrow9((from)->a, path)
#define ___bpf_arrow(path...) ___bpf_apply(___bpf_arrow, ___bpf_narg(path))(path)

#define ___bpf_value(into, from, path...) \
	({ \
		__typeof_unqual__(___bpf_arrow(from, path)) ___value; \
		into(&___value, from, path); \
		___value; \
	})

#define BPF_CORE_READ(from, path...) ___bpf_value(BPF_CORE_READ_INTO, from, path)
#define BPF_CORE_READ_USER(from, path...) ___bpf_value(BPF_CORE_READ_USER_INTO, from, path)
#define BPF_PROBE_READ(from, path...) ___bpf_value(BPF_PROBE_READ_INTO, from, path)
#define BPF_PROBE_READ_USER(from, path...) ___bpf_value(BPF_PROBE_READ_USER_INTO, from, path)

/* Bit-fields: the bytes they lie in are read, then shifted so far left and back that only the field is left. */
#define ___bpf_bits(from, field, info) __builtin_preserve_field_info((from)->field, BPF_FIELD_##info)

#define ___bpf_field_of(word, from, field) \
	({ \
		unsigned long long ___word = (word) << ___bpf_bits(from, field, LSHIFT_U64); \
		if (___bpf_bits(from, field, SIGNED)) \
			___word = (long long)___word >> ___bpf_bits(from, field, RSHIFT_U64); \
		else \
			___word >>= ___bpf_bits(from, field, RSHIFT_U64); \
		___word; \
	})

/* Where the low bytes of a number of eight bytes are. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___bpf_low_bytes(word, size) ((void *)&(word))
#else
#define ___bpf_low_bytes(word, size) ((void *)&(word) + (8 - (size)))
#endif

#define BPF_CORE_READ_BITFIELD_PROBED(from, field) \
	({ \
		unsigned long long ___bytes = 0; \
		bpf_probe_read_kernel(___bpf_low_bytes(___bytes, ___bpf_bits(from, field, BYTE_SIZE)), \
				      ___bpf_bits(from, field, BYTE_SIZE), \
				      (const void *)(from) + ___bpf_bits(from, field, BYTE_OFFSET)); \
		___bpf_field_of(___bytes, from, field); \
	})

/* The barrier keeps the address in one register, so that the loader adapts one instruction. */
#define BPF_CORE_READ_BITFIELD(from, field) \
	({ \
		const void *___at = (const void *)(from) + ___bpf_bits(from, field, BYTE_OFFSET); \
		unsigned long long ___bytes = 0; \
		barrier_var(___at); \
		switch (___bpf_bits(from, field, BYTE_SIZE)) { \
		case 1: ___bytes = *(const unsigned char *)___at; break; \
		case 2: ___bytes = *(const unsigned short *)___at; break; \
		case 4: ___bytes = *(const unsigned int *)___at; break; \
		case 8: ___bytes = *(const unsigned long long *)___at; break; \
		} \
		___bpf_field_of(___bytes, from, field); \
	})

#define BPF_CORE_WRITE_BITFIELD(to, field, value) \
	({ \
		void *___at = (void *)(to) + ___bpf_bits(to, field, BYTE_OFFSET); \
		unsigned int ___left = ___bpf_bits(to, field, LSHIFT_U64); \
		unsigned int ___right = ___bpf_bits(to, field, RSHIFT_U64); \
		unsigned long long ___mask = (~0ULL << ___right) >> ___left; \
		unsigned long long ___bits = ((unsigned long long)(value) << (___right - ___left)) & ___mask; \
		barrier_var(___at); \
		switch (___bpf_bits(to, field, BYTE_SIZE)) { \
		case 1: ___bpf_replace(unsigned char); break; \
		case 2: ___bpf_replace(unsigned short); break; \
		case 4: ___bpf_replace(unsigned int); break; \
		case 8: ___bpf_replace(unsigned long long); break; \
		} \
	})
#define ___bpf_replace(type) (*(type *)___at = (*(type *)___at & ~___mask) | ___bits)
