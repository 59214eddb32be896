/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of the host's hardware the guest is given: PCI devices, ports, interrupts, memory. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_RDM_ABSENT, /* libxl: relaxed for the guest, strict for a device */
    DOM_RDM_STRICT,
    DOM_RDM_RELAXED,
    DOM_RDM_LAST = DOM_RDM_RELAXED,
} DomRdmPolicy;

extern const DomEnum dom_rdm_policy_names;

/* Whether xl takes the strategy from @text, a value of rdm=: it ignores all of one with an option that
 * it does not know, and since Xen 4.15 of one with a right policy. *@ret_unknown (nullable; borrowed)
 * is set to the first option that it does not know, or NULL. Fact: xlu_rdm_parse(). Any thread. */
gboolean dom_rdm_read(const char *text, const char **ret_unknown);

/* Settings for all devices, and what has no device of its own. */
typedef struct {
    DomRest rest;
    DomTristate pci_permissive; /* the defaults of each DomPci */
    DomTristate pci_msitranslate;
    DomTristate pci_power_mgmt;
    DomTristate pci_seize;
    char *rdm;                /* "strategy=host,policy=..." */
    DomUint rdm_mem_boundary; /* KiB */
    char **ioports;           /* "2f8-2ff", hexadecimal */
    char **irqs;              /* decimal */
    char **iomem;             /* "START,COUNT[@GFN]", hexadecimal page frames */
    char **dtdev;             /* device tree paths */
} DomHostdev;

typedef struct {
    DomRest rest;
    char *bdf;                 /* "0000:01:00.0"; NULL when the device goes by name */
    DomTristate all_functions; /* the function is '*' */
    DomUint vslot;             /* slot in the guest, 0 to 31 */
    DomTristate permissive;
    DomTristate msitranslate;
    DomTristate power_mgmt;
    DomTristate seize;
    DomRdmPolicy rdm_policy;
    char *name; /* given by `xl pci-assignable-add -n` */
} DomPci;

typedef enum {
    DOM_VIRTIO_TRANSPORT_ABSENT,
    DOM_VIRTIO_TRANSPORT_UNKNOWN,
    DOM_VIRTIO_TRANSPORT_MMIO,
    DOM_VIRTIO_TRANSPORT_LAST = DOM_VIRTIO_TRANSPORT_MMIO,
} DomVirtioTransport;

extern const DomEnum dom_virtio_transport_names;

/* A virtio device served by another domain; Arm, Xen 4.18. */
typedef struct {
    DomRest rest;
    char *backend;
    char *type; /* "virtio,device22" or a name */
    DomVirtioTransport transport;
    DomTristate grant_usage;
} DomVirtio;

extern const DomRecord dom_hostdev_record;
extern const DomRecord dom_virtio_record;
extern const DomRecord dom_pci_record;
