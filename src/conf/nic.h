/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A virtual network interface. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_NIC_TYPE_ABSENT, /* libxl: ioemu for HVM, vif otherwise */
    DOM_NIC_TYPE_VIF,
    DOM_NIC_TYPE_IOEMU,
    DOM_NIC_TYPE_LAST = DOM_NIC_TYPE_IOEMU,
} DomNicType;

extern const DomEnum dom_nic_type_names;

/* Microseconds after which xl renews the credit when the configuration names no interval. */
#define DOM_NIC_RATE_INTERVAL 50000

typedef struct {
    DomRest rest;
    char *mac;    /* aa:bb:cc:dd:ee:ff, lower case; NULL: libxl makes one at each start */
    char *bridge; /* NULL: xl.conf's or xenbr0 */
    char *gatewaydev;
    char *network; /* libvirt's network in place of a bridge; xl.cfg has no word for it */
    DomNicType type;
    char *model;
    char *ifname; /* xl.cfg vifname */
    char *script;
    char *ip; /* blank-separated addresses */
    char *backend_domain;
    DomUint rate;          /* bytes per interval: libxl's rate_bytes_per_interval */
    DomUint rate_interval; /* microseconds; set when rate is: libxl's rate_interval_usecs */
    DomInt devid;
    DomUint mtu;
    char *vlan;
    DomTristate trusted;
    char **options; /* "name=value" of options without a member: COLO's, and what xl ignores */
} DomNic;

/* Socket calls that a backend domain makes for the guest. libvirt has no element for it. */
typedef struct {
    DomRest rest;
    char *backend;
} DomPvcalls;

/* The name of the card at @index in its backend domain while the guest runs as @id: the one that it
 * was given, or libxl's own choice (transfer full). */
char *dom_nic_live_name(const DomDef *def, int id, guint index);

extern const DomRecord dom_nic_record;
extern const DomRecord dom_pvcalls_record;

/* The bridge that is known without asking libvirt: the card's own, or the one that libvirt's network is
 * installed with when that is its network. NULL: none. Borrowed. */
const char *dom_nic_bridge(const DomNic *nic);
/* Forgets a bridge that dom_nic_bridge() tells by the network. */
void dom_nic_settle(DomNic *nic);

/* What a card may send, in KiB per second, rounded up; 0: there is no limit. */
guint64 dom_nic_average(const DomNic *nic);
void dom_nic_set_average(DomNic *nic, guint64 average);
