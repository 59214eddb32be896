/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the guest is: name, identity, type, and what belongs to the domain as a whole. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_TYPE_ABSENT, /* xl takes PV on x86 */
    DOM_TYPE_PV,
    DOM_TYPE_PVH,
    DOM_TYPE_HVM,
    DOM_TYPE_LAST = DOM_TYPE_HVM,
} DomType;

extern const DomEnum dom_type_names;

typedef struct {
    DomRest rest;
    char *name;
    char *uuid; /* dashed, lower case */
    DomType type;
    char *title;
    char *description;
    char *pool;
    char *seclabel;
    char *init_seclabel;
    DomTristate driver_domain;
    DomTristate nomigrate;
    DomTristate xend_suspend_evtchn_compat;
    DomUint max_event_channels;
    DomUint max_grant_frames;
    DomUint max_maptrack_frames;
    DomUint max_grant_version;
    DomUint xenstore_feature_mask; /* Xen 4.21 */
    char **xenstore_quota;         /* "name=number"; Xen 4.22 */
} DomGeneral;

extern const DomRecord dom_general_record;

/* Whether libvirt can keep a domain of this name: it names files after it. */
gboolean dom_name_fits(const char *name);

/* The type that counts: an absent one is PV, as xl has it on x86. */
DomType dom_general_type(const DomDef *def);
