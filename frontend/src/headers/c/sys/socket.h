/* Families of addresses, kinds of sockets and their options; programs make no system calls. */
#pragma once

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL 1
#define AF_INET 2
#define AF_AX25 3
#define AF_IPX 4
#define AF_APPLETALK 5
#define AF_BRIDGE 7
#define AF_X25 9
#define AF_INET6 10
#define AF_KEY 15
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_TIPC 30
#define AF_BLUETOOTH 31
#define AF_ALG 38
#define AF_VSOCK 40
#define AF_KCM 41
#define AF_QIPCRTR 42
#define AF_SMC 43
#define AF_XDP 44

#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_LOCAL AF_LOCAL
#define PF_INET AF_INET
#define PF_AX25 AF_AX25
#define PF_IPX AF_IPX
#define PF_APPLETALK AF_APPLETALK
#define PF_BRIDGE AF_BRIDGE
#define PF_X25 AF_X25
#define PF_INET6 AF_INET6
#define PF_KEY AF_KEY
#define PF_NETLINK AF_NETLINK
#define PF_PACKET AF_PACKET
#define PF_TIPC AF_TIPC
#define PF_BLUETOOTH AF_BLUETOOTH
#define PF_ALG AF_ALG
#define PF_VSOCK AF_VSOCK
#define PF_KCM AF_KCM
#define PF_QIPCRTR AF_QIPCRTR
#define PF_SMC AF_SMC
#define PF_XDP AF_XDP

enum __socket_type {
	SOCK_STREAM = 1,
#define SOCK_STREAM SOCK_STREAM
	SOCK_DGRAM = 2,
#define SOCK_DGRAM SOCK_DGRAM
	SOCK_RAW = 3,
#define SOCK_RAW SOCK_RAW
	SOCK_RDM = 4,
#define SOCK_RDM SOCK_RDM
	SOCK_SEQPACKET = 5,
#define SOCK_SEQPACKET SOCK_SEQPACKET
	SOCK_DCCP = 6,
#define SOCK_DCCP SOCK_DCCP
	SOCK_PACKET = 10,
#define SOCK_PACKET SOCK_PACKET
};

#define SOL_SOCKET 1
#define SO_DEBUG 1
#define SO_REUSEADDR 2
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_DONTROUTE 5
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_OOBINLINE 10
#define SO_NO_CHECK 11
#define SO_PRIORITY 12
#define SO_LINGER 13
#define SO_BSDCOMPAT 14
#define SO_REUSEPORT 15
#define SO_PASSCRED 16
#define SO_PEERCRED 17
#define SO_RCVLOWAT 18
#define SO_SNDLOWAT 19
#define SO_BINDTODEVICE 25
#define SO_ATTACH_FILTER 26
#define SO_DETACH_FILTER 27
#define SO_PEERNAME 28
#define SO_ACCEPTCONN 30
#define SO_MARK 36
#define SO_PROTOCOL 38
#define SO_DOMAIN 39
#define SO_RXQ_OVFL 40
#define SO_INCOMING_CPU 49
#define SO_ATTACH_BPF 50
#define SO_MAX_PACING_RATE 47
#define SO_BINDTOIFINDEX 62
#define SO_PREFER_BUSY_POLL 69
#define SO_TXREHASH 74

typedef unsigned short sa_family_t;

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};
