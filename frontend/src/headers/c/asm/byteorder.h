/* Conversions between the byte order of the machine, here little endian, and others. */
#pragma once

#include <linux/types.h>

/* The order of bits in a byte of a structure follows that of bytes. */
#define __LITTLE_ENDIAN_BITFIELD 1

#ifndef __LITTLE_ENDIAN
#define __LITTLE_ENDIAN 1234
#endif

#define __constant_cpu_to_be16(x) ((__be16)__builtin_bswap16(x))
#define __constant_be16_to_cpu(x) __builtin_bswap16((__u16)(x))
#define __constant_cpu_to_le16(x) ((__le16)(x))
#define __constant_le16_to_cpu(x) ((__u16)(x))
#define __cpu_to_be16(x) __constant_cpu_to_be16(x)
#define __be16_to_cpu(x) __constant_be16_to_cpu(x)
#define __cpu_to_le16(x) __constant_cpu_to_le16(x)
#define __le16_to_cpu(x) __constant_le16_to_cpu(x)
#define __swab16(x) __builtin_bswap16((__u16)(x))

#define __constant_cpu_to_be32(x) ((__be32)__builtin_bswap32(x))
#define __constant_be32_to_cpu(x) __builtin_bswap32((__u32)(x))
#define __constant_cpu_to_le32(x) ((__le32)(x))
#define __constant_le32_to_cpu(x) ((__u32)(x))
#define __cpu_to_be32(x) __constant_cpu_to_be32(x)
#define __be32_to_cpu(x) __constant_be32_to_cpu(x)
#define __cpu_to_le32(x) __constant_cpu_to_le32(x)
#define __le32_to_cpu(x) __constant_le32_to_cpu(x)
#define __swab32(x) __builtin_bswap32((__u32)(x))

#define __constant_cpu_to_be64(x) ((__be64)__builtin_bswap64(x))
#define __constant_be64_to_cpu(x) __builtin_bswap64((__u64)(x))
#define __constant_cpu_to_le64(x) ((__le64)(x))
#define __constant_le64_to_cpu(x) ((__u64)(x))
#define __cpu_to_be64(x) __constant_cpu_to_be64(x)
#define __be64_to_cpu(x) __constant_be64_to_cpu(x)
#define __cpu_to_le64(x) __constant_cpu_to_le64(x)
#define __le64_to_cpu(x) __constant_le64_to_cpu(x)
#define __swab64(x) __builtin_bswap64((__u64)(x))

#define __constant_htons(x) __constant_cpu_to_be16(x)
#define __constant_ntohs(x) __constant_be16_to_cpu(x)
#define __constant_htonl(x) __constant_cpu_to_be32(x)
#define __constant_ntohl(x) __constant_be32_to_cpu(x)
