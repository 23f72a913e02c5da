/* Conversions between the byte order of the machine and others. */
#pragma once

#include <linux/types.h>

/* The order of bits in a byte of a structure follows that of bytes. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __LITTLE_ENDIAN_BITFIELD 1
#ifndef __LITTLE_ENDIAN
#define __LITTLE_ENDIAN 1234
#endif
#else
#define __BIG_ENDIAN_BITFIELD 1
#ifndef __BIG_ENDIAN
#define __BIG_ENDIAN 4321
#endif
#endif

#define __swab16(x) __builtin_bswap16((__u16)(x))
#define __swab32(x) __builtin_bswap32((__u32)(x))
#define __swab64(x) __builtin_bswap64((__u64)(x))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define __constant_cpu_to_be16(x) ((__be16)__builtin_bswap16(x))
#define __constant_be16_to_cpu(x) __builtin_bswap16((__u16)(x))
#define __constant_cpu_to_le16(x) ((__le16)(x))
#define __constant_le16_to_cpu(x) ((__u16)(x))
#define __constant_cpu_to_be32(x) ((__be32)__builtin_bswap32(x))
#define __constant_be32_to_cpu(x) __builtin_bswap32((__u32)(x))
#define __constant_cpu_to_le32(x) ((__le32)(x))
#define __constant_le32_to_cpu(x) ((__u32)(x))
#define __constant_cpu_to_be64(x) ((__be64)__builtin_bswap64(x))
#define __constant_be64_to_cpu(x) __builtin_bswap64((__u64)(x))
#define __constant_cpu_to_le64(x) ((__le64)(x))
#define __constant_le64_to_cpu(x) ((__u64)(x))
#else
#define __constant_cpu_to_le16(x) ((__le16)__builtin_bswap16(x))
#define __constant_le16_to_cpu(x) __builtin_bswap16((__u16)(x))
#define __constant_cpu_to_be16(x) ((__be16)(x))
#define __constant_be16_to_cpu(x) ((__u16)(x))
#define __constant_cpu_to_le32(x) ((__le32)__builtin_bswap32(x))
#define __constant_le32_to_cpu(x) __builtin_bswap32((__u32)(x))
#define __constant_cpu_to_be32(x) ((__be32)(x))
#define __constant_be32_to_cpu(x) ((__u32)(x))
#define __constant_cpu_to_le64(x) ((__le64)__builtin_bswap64(x))
#define __constant_le64_to_cpu(x) __builtin_bswap64((__u64)(x))
#define __constant_cpu_to_be64(x) ((__be64)(x))
#define __constant_be64_to_cpu(x) ((__u64)(x))
#endif

#define __cpu_to_be16(x) __constant_cpu_to_be16(x)
#define __be16_to_cpu(x) __constant_be16_to_cpu(x)
#define __cpu_to_le16(x) __constant_cpu_to_le16(x)
#define __le16_to_cpu(x) __constant_le16_to_cpu(x)
#define __cpu_to_be32(x) __constant_cpu_to_be32(x)
#define __be32_to_cpu(x) __constant_be32_to_cpu(x)
#define __cpu_to_le32(x) __constant_cpu_to_le32(x)
#define __le32_to_cpu(x) __constant_le32_to_cpu(x)
#define __cpu_to_be64(x) __constant_cpu_to_be64(x)
#define __be64_to_cpu(x) __constant_be64_to_cpu(x)
#define __cpu_to_le64(x) __constant_cpu_to_le64(x)
#define __le64_to_cpu(x) __constant_le64_to_cpu(x)

#define __constant_htons(x) __constant_cpu_to_be16(x)
#define __constant_ntohs(x) __constant_be16_to_cpu(x)
#define __constant_htonl(x) __constant_cpu_to_be32(x)
#define __constant_ntohl(x) __constant_be32_to_cpu(x)
