/* Numbers in packets are big endian; these convert from and to the byte order of the machine. */
#pragma once

#include <linux/types.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define bpf_htons(x) ((__be16)__builtin_bswap16(x))
#define bpf_htonl(x) ((__be32)__builtin_bswap32(x))
#define bpf_cpu_to_be64(x) ((__be64)__builtin_bswap64(x))
#define bpf_cpu_to_le64(x) ((__le64)(x))
#else
#define bpf_htons(x) ((__be16)(x))
#define bpf_htonl(x) ((__be32)(x))
#define bpf_cpu_to_be64(x) ((__be64)(x))
#define bpf_cpu_to_le64(x) ((__le64)__builtin_bswap64(x))
#endif

/* Swapping twice gives back the number, so the way back is the way there. */
#define bpf_ntohs(x) bpf_htons(x)
#define bpf_ntohl(x) bpf_htonl(x)
#define bpf_be64_to_cpu(x) bpf_cpu_to_be64(x)
#define bpf_le64_to_cpu(x) bpf_cpu_to_le64(x)
