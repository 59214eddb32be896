/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/sched.h"

#include <glib/gi18n-lib.h>

static const DomField fields[] = {
    DOM_INT_FIELD(DomSched, weight, "cputune/shares", .doc = N_("Share of the CPUs")),
    DOM_INT_FIELD(DomSched, cap, NULL, .doc = N_("Most CPU time, per cent of one CPU")),
    DOM_INT_FIELD(DomSched, period, NULL, .doc = N_("Period of a real-time scheduler")),
    DOM_INT_FIELD(DomSched, extratime, NULL, .doc = N_("Use idle time beyond the reservation")),
    DOM_INT_FIELD(DomSched, slice, NULL, .doc = N_("Slice of a scheduler that is gone")),
    DOM_INT_FIELD(DomSched, latency, NULL, .doc = N_("Latency of a scheduler that is gone")),
};

const DomRecord dom_sched_record = DOM_RECORD(DomSched, "sched", fields, );
