/* Addresses and protocols of both versions of IP, by the name that the C library has for them. */
#pragma once

#include <sys/socket.h>
#include <linux/in.h>
#include <linux/in6.h>

/* Levels of options: of the protocol of that name. */
#define SOL_IP 0
#define SOL_IPV6 41
