/* Numbers in packets are big endian; these convert from and to the byte order of the machine. */
#pragma once

#include <linux/types.h>

#define ___bpf_swab16(x) ((__u16)__builtin_bswap16(x))
#define ___bpf_swab32(x) ((__u32)__builtin_bswap32(x))
#define ___bpf_swab64(x) ((__u64)__builtin_bswap64(x))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __bpf_htons(x) ((__be16)___bpf_swab16(x))
#define __bpf_htonl(x) ((__be32)___bpf_swab32(x))
#define __bpf_cpu_to_be64(x) ((__be64)___bpf_swab64(x))
#define __bpf_cpu_to_le64(x) ((__le64)(x))
#else
#define __bpf_htons(x) ((__be16)(x))
#define __bpf_htonl(x) ((__be32)(x))
#define __bpf_cpu_to_be64(x) ((__be64)(x))
#define __bpf_cpu_to_le64(x) ((__le64)___bpf_swab64(x))
#endif

/* Swapping twice gives back the number, so the way back is the way there. */
#define __bpf_ntohs(x) __bpf_htons(x)
#define __bpf_ntohl(x) __bpf_htonl(x)
#define __bpf_be64_to_cpu(x) __bpf_cpu_to_be64(x)
#define __bpf_le64_to_cpu(x) __bpf_cpu_to_le64(x)

#define bpf_htons(x) __bpf_htons(x)
#define bpf_ntohs(x) __bpf_ntohs(x)
#define bpf_htonl(x) __bpf_htonl(x)
#define bpf_ntohl(x) __bpf_ntohl(x)
#define bpf_cpu_to_be64(x) __bpf_cpu_to_be64(x)
#define bpf_be64_to_cpu(x) __bpf_be64_to_cpu(x)
#define bpf_cpu_to_le64(x) __bpf_cpu_to_le64(x)
#define bpf_le64_to_cpu(x) __bpf_le64_to_cpu(x)

/* The swap of a constant is a constant; some programs say so. */
#define __bpf_constant_htons(x) __bpf_htons(x)
#define __bpf_constant_ntohs(x) __bpf_ntohs(x)
#define __bpf_constant_htonl(x) __bpf_htonl(x)
#define __bpf_constant_ntohl(x) __bpf_ntohl(x)
#define __bpf_constant_be64_to_cpu(x) __bpf_be64_to_cpu(x)
#define __bpf_constant_cpu_to_be64(x) __bpf_cpu_to_be64(x)
#define __bpf_constant_le64_to_cpu(x) __bpf_le64_to_cpu(x)
#define __bpf_constant_cpu_to_le64(x) __bpf_cpu_to_le64(x)
