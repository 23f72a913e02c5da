/* Ethernet: sizes, the protocols that follow the header, and the header. */
#pragma once

#include <linux/types.h>

#define ETH_ALEN 6
#define ETH_TLEN 2
#define ETH_HLEN 14
#define ETH_ZLEN 60
#define ETH_DATA_LEN 1500
#define ETH_FRAME_LEN 1514
#define ETH_FCS_LEN 4
#define ETH_MIN_MTU 68
#define ETH_MAX_MTU 0xffffU

#define ETH_P_LOOP 0x0060
#define ETH_P_TSN 0x22f0
#define ETH_P_ERSPAN2 0x22eb
#define ETH_P_IP 0x0800
#define ETH_P_X25 0x0805
#define ETH_P_ARP 0x0806
#define ETH_P_BATMAN 0x4305
#define ETH_P_TEB 0x6558
#define ETH_P_RARP 0x8035
#define ETH_P_ATALK 0x809b
#define ETH_P_AARP 0x80f3
#define ETH_P_8021Q 0x8100
#define ETH_P_ERSPAN 0x88be
#define ETH_P_IPX 0x8137
#define ETH_P_IPV6 0x86dd
#define ETH_P_PAUSE 0x8808
#define ETH_P_SLOW 0x8809
#define ETH_P_MPLS_UC 0x8847
#define ETH_P_MPLS_MC 0x8848
#define ETH_P_PPP_DISC 0x8863
#define ETH_P_PPP_SES 0x8864
#define ETH_P_PAE 0x888e
#define ETH_P_PROFINET 0x8892
#define ETH_P_AOE 0x88a2
#define ETH_P_ETHERCAT 0x88a4
#define ETH_P_8021AD 0x88a8
#define ETH_P_802_EX1 0x88b5
#define ETH_P_PREAUTH 0x88c7
#define ETH_P_TIPC 0x88ca
#define ETH_P_LLDP 0x88cc
#define ETH_P_MRP 0x88e3
#define ETH_P_MACSEC 0x88e5
#define ETH_P_8021AH 0x88e7
#define ETH_P_MVRP 0x88f5
#define ETH_P_1588 0x88f7
#define ETH_P_NCSI 0x88f8
#define ETH_P_PRP 0x88fb
#define ETH_P_CFM 0x8902
#define ETH_P_FCOE 0x8906
#define ETH_P_TDLS 0x890d
#define ETH_P_FIP 0x8914
#define ETH_P_IBOE 0x8915
#define ETH_P_HSR 0x892f
#define ETH_P_NSH 0x894f
#define ETH_P_LOOPBACK 0x9000
#define ETH_P_QINQ1 0x9100
#define ETH_P_QINQ2 0x9200
#define ETH_P_QINQ3 0x9300
#define ETH_P_EDSA 0xdada
#define ETH_P_AF_IUCV 0xfbfb

/* Values below are lengths, or numbers of Linux for frames without a protocol. */
#define ETH_P_802_3_MIN 0x0600
#define ETH_P_802_3 0x0001
#define ETH_P_ALL 0x0003
#define ETH_P_802_2 0x0004
#define ETH_P_SNAP 0x0005
#define ETH_P_PPP_MP 0x0008
#define ETH_P_CAN 0x000c
#define ETH_P_CANFD 0x000d
#define ETH_P_DSA 0x001b
#define ETH_P_IEEE802154 0x00f6
#define ETH_P_MCTP 0x00fa

struct ethhdr {
	unsigned char h_dest[ETH_ALEN];
	unsigned char h_source[ETH_ALEN];
	__be16 h_proto;
} __attribute__((packed));
