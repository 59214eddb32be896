/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scheduler parameters; which of them count depends on the scheduler of the guest's CPU pool. */
#pragma once

#include "conf/record.h"

typedef struct {
    DomRest rest;
    DomInt weight; /* 1 to 65535, default 256 */
    DomInt cap;    /* per cent of one CPU, 0 is none */
    DomInt period; /* microseconds */
    DomInt extratime;
    DomInt slice;   /* of a scheduler that Xen no longer has */
    DomInt latency; /* likewise */
} DomSched;

/* What @cap, in per cent of one CPU, is as libvirt's global quota: microseconds in each period of its
 * default length. */
guint64 dom_sched_quota(guint64 cap);

extern const DomRecord dom_sched_record;
