/* Addresses of sockets. */
#pragma once

/* Within the kernel this is where all of sockets is. */
#ifdef __KERNEL__
#include <sys/socket.h>

#define SOL_IP 0
#define SOL_TCP 6
#define SOL_UDP 17
#define SOL_IPV6 41
#endif

typedef unsigned short __kernel_sa_family_t;

struct __kernel_sockaddr_storage {
	union {
		struct {
			__kernel_sa_family_t ss_family;
			char __data[126];
		};
		void *__align;
	};
};
