/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the virtual machine offers or hides, on or off. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_PASSTHROUGH_ABSENT,
    DOM_PASSTHROUGH_DEFAULT,
    DOM_PASSTHROUGH_DISABLED,
    DOM_PASSTHROUGH_ENABLED,
    DOM_PASSTHROUGH_SYNC_PT,
    DOM_PASSTHROUGH_SHARE_PT,
    DOM_PASSTHROUGH_LAST = DOM_PASSTHROUGH_SHARE_PT,
} DomPassthrough;

typedef enum {
    DOM_ALTP2M_ABSENT,
    DOM_ALTP2M_DISABLED,
    DOM_ALTP2M_MIXED,
    DOM_ALTP2M_EXTERNAL,
    DOM_ALTP2M_LIMITED,
    DOM_ALTP2M_LAST = DOM_ALTP2M_LIMITED,
} DomAltp2m;

typedef enum {
    DOM_GENID_ABSENT,
    DOM_GENID_GENERATE,
    DOM_GENID_NONE,
    DOM_GENID_LAST = DOM_GENID_NONE,
} DomGenid;

typedef enum {
    DOM_VENDOR_DEVICE_ABSENT,
    DOM_VENDOR_DEVICE_NONE,
    DOM_VENDOR_DEVICE_XENSERVER,
    DOM_VENDOR_DEVICE_LAST = DOM_VENDOR_DEVICE_XENSERVER,
} DomVendorDevice;

extern const DomEnum dom_passthrough_names;
extern const DomEnum dom_altp2m_names;
extern const DomEnum dom_genid_names;
extern const DomEnum dom_vendor_device_names;

typedef struct {
    DomRest rest;
    DomTristate hap;
    DomTristate oos;
    DomTristate acpi;
    DomTristate acpi_s3;
    DomTristate acpi_s4;
    DomTristate acpi_laptop_slate;
    DomTristate apic;
    DomTristate pae;
    DomTristate viridian; /* the plain form */
    char **viridian_list; /* group names in order, ! turns one off; only one of the two is set */
    DomTristate e820_host;
    DomPassthrough passthrough;
    DomAltp2m altp2m;
    DomTristate altp2mhvm;
    DomTristate msr_relaxed;
    DomTristate vpmu;
    DomUint mmio_hole; /* KiB */
    DomGenid ms_vm_genid;
    char *genid; /* a fixed one, a UUID; ms_vm_genid is "generate" beside it, since xl.cfg has no
                    word for it */
    char **mca_caps;
    DomInt vmtrace_buf_kb;
    DomTristate xen_platform_pci;
    DomVendorDevice vendor_device;
    DomInt altp2m_count;                 /* Xen 4.21 */
    DomTristate xen_platform_pci_bar_uc; /* Xen 4.21 */
    DomTristate hvm_pirq;                /* Xen 4.19 */
    char *gic_version;                   /* Arm, like all that follows */
    char *tee;
    char *sve;
    DomInt nr_spis;
    char *arm_sci; /* "type=..." */
    DomTristate trap_unmapped_accesses;
    char **llc_colors;
} DomFeatures;

extern const DomRecord dom_features_record;
